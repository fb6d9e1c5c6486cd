package org.yukiguni.engine;

import java.util.Arrays;
import java.util.BitSet;

/** The distinct tokens of a prompt and its completion, in order of their first appearance. */
final class SeenTokens {
  /** Remembers nothing, for sampling that does not ask. */
  static final SeenTokens NONE = new SeenTokens(null, new int[0], 0);

  private final BitSet members;
  private int[] distinct;
  private int count;

  private SeenTokens(BitSet members, int[] distinct, int count) {
    this.members = members;
    this.distinct = distinct;
    this.count = count;
  }

  SeenTokens(int[] prompt) {
    this(new BitSet(), new int[prompt.length + 16], 0);
    for (int token : prompt) {
      add(token);
    }
  }

  void add(int token) {
    if (members == null || members.get(token)) {
      return;
    }
    members.set(token);
    if (count == distinct.length) {
      distinct = Arrays.copyOf(distinct, 2 * count);
    }
    distinct[count++] = token;
  }

  int[] distinct() {
    return Arrays.copyOf(distinct, count);
  }
}
