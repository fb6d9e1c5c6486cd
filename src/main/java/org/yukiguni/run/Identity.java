package org.yukiguni.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What makes two runs the same: everything but the input's content that changes which rows are
 * written or what is in them.
 *
 * @param keys keys of the job and what was resolved for it, each with its value as text
 */
record Identity(Map<String, String> keys) {
  Identity {
    keys = new TreeMap<>(keys);
  }

  /** That of a job and what was resolved for it. */
  static Identity of(RunRequest request) {
    Map<String, String> keys = request.job().identity(request.generation());
    keys.put("the model's revision", String.valueOf(request.modelRevision()));
    keys.put("the adapter", String.valueOf(request.adapter()));
    return new Identity(keys);
  }

  /** How this differs from an earlier one, a sentence's part for each key; empty if it does not. */
  List<String> differencesFrom(Identity earlier) {
    TreeSet<String> all = new TreeSet<>(keys.keySet());
    all.addAll(earlier.keys.keySet());
    List<String> differences = new ArrayList<>();
    for (String key : all) {
      String was = earlier.keys.getOrDefault(key, "not set");
      String is = keys.getOrDefault(key, "not set");
      if (!was.equals(is)) {
        differences.add("%s was %s and is %s".formatted(key, was, is));
      }
    }
    return differences;
  }

  /** The part of it that decides which tokens a prompt gets. */
  String requestKey() {
    return keys.entrySet().stream()
        .filter(key -> !key.getKey().matches("(input|prompt|output)\\..*"))
        .map(Map.Entry::toString)
        .collect(Collectors.joining("\n"));
  }
}
