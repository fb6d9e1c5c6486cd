package org.yukiguni.job;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a job, collected so that all of it is told at once. */
final class Problems {
  private final List<String> lines = new ArrayList<>();

  /** Adds the problem of one key; the empty key is the whole job. */
  void add(String key, String problem) {
    lines.add(key.isEmpty() ? problem : key + ": " + problem);
  }

  int count() {
    return lines.size();
  }

  /** Throws if there is any problem. */
  void raise() {
    if (!lines.isEmpty()) {
      throw new InvalidJobException(lines);
    }
  }
}
