package org.yukiguni.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Where each run of n - 1 tokens has been, so that the tokens that would repeat a run of n are
 * found without going through the history.
 */
final class NgramIndex {
  private static final int[] NONE = {};

  private final int prefix;

  /** Hash of a run to the places behind it; the arrays are never changed. */
  private final Map<Long, int[]> places;

  NgramIndex(int n) {
    this(n - 1, new HashMap<>());
  }

  private NgramIndex(int prefix, Map<Long, int[]> places) {
    this.prefix = prefix;
    this.places = places;
  }

  NgramIndex fork() {
    return new NgramIndex(prefix, new HashMap<>(places));
  }

  /** Takes note of the last token of a history, which has grown by one. */
  void grown(IntList history) {
    int last = history.size() - 1;
    if (last >= prefix) {
      places.merge(hash(history, last), new int[] {last}, NgramIndex::joined);
    }
  }

  /** Adds the tokens that would repeat a run. */
  void ban(IntList history, IntList banned) {
    int end = history.size();
    if (end < prefix) {
      return;
    }
    for (int place : places.getOrDefault(hash(history, end), NONE)) {
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

  private static int[] joined(int[] old, int[] more) {
    int[] both = Arrays.copyOf(old, old.length + more.length);
    System.arraycopy(more, 0, both, old.length, more.length);
    return both;
  }
}
