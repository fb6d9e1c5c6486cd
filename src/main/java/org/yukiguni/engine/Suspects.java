package org.yukiguni.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The requests of a step that failed. They begin anew in groups, one group after the other and
 * nothing beside it; the group whose step fails again is halved. So a request that makes its steps
 * fail ends up alone, in as many failures as the batch has binary digits, and the others lose only
 * time.
 */
final class Suspects {
  /** Those of each group that have not begun; the first group runs. */
  private final Deque<Deque<ActiveRequest>> groups = new ArrayDeque<>();

  boolean isEmpty() {
    return groups.isEmpty();
  }

  /** Those of the running group that have not begun; there must be one. */
  Deque<ActiveRequest> queue() {
    return groups.getFirst();
  }

  /** Goes to the next group, since the running one has ended. */
  void next() {
    groups.removeFirst();
  }

  /** Puts the requests of a failed step before all others, in two groups. */
  void halve(List<ActiveRequest> failed) {
    int half = failed.size() / 2;
    for (List<ActiveRequest> part :
        List.of(failed.subList(half, failed.size()), failed.subList(0, half))) {
      if (!part.isEmpty()) {
        groups.addFirst(new ArrayDeque<>(part));
      }
    }
  }

  /** Drops and returns what has not begun. */
  List<ActiveRequest> abandon() {
    List<ActiveRequest> dropped = new ArrayList<>();
    groups.forEach(dropped::addAll);
    groups.clear();
    return dropped;
  }

  /** How many have not begun. */
  int size() {
    return groups.stream().mapToInt(Deque::size).sum();
  }
}
