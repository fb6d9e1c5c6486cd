package org.yukiguni.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * Where each run of n - 1 tokens has been, so that the tokens that would repeat a run of n are
 * found without going through the history.
 */
final class NgramIndex {
  private static final int NOWHERE = -1;

  private final int prefix;

  /** Hash of a run to the last place behind it. */
  private final Map<Long, Integer> latest;

  /** For each place of the history the one before it with the same hash of the run in front. */
  private final IntList earlier;

  NgramIndex(int n) {
    this.prefix = n - 1;
    this.latest = new HashMap<>();
    this.earlier = new IntList();
  }

  private NgramIndex(NgramIndex other) {
    this.prefix = other.prefix;
    this.latest = new HashMap<>(other.latest);
    this.earlier = other.earlier.fork();
  }

  NgramIndex fork() {
    return new NgramIndex(this);
  }

  /** Takes note of the last token of a history, which has grown by one. */
  void grown(IntList history) {
    int last = history.size() - 1;
    Integer before = last < prefix ? null : latest.put(hash(history, last), last);
    earlier.add(before == null ? NOWHERE : before);
  }

  /** Adds the tokens that would repeat a run. */
  void ban(IntList history, IntList banned) {
    int end = history.size();
    int place = end < prefix ? NOWHERE : latest.getOrDefault(hash(history, end), NOWHERE);
    for (; place != NOWHERE; place = earlier.at(place)) {
      // Other runs can have the same hash.
      if (history.equalRuns(place - prefix, end - prefix, prefix)) {
        banned.add(history.at(place));
      }
    }
  }

  private long hash(IntList history, int end) {
    long hash = 1;
    for (int i = end - prefix; i < end; i++) {
      hash = (hash ^ history.at(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return hash;
  }
}
