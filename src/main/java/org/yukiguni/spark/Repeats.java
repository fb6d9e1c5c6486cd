package org.yukiguni.spark;

/** Counts how often the end of a completion has been said in a row. */
final class Repeats {
  /** Longest run of tokens whose repetition is seen. */
  static final int MAX_PERIOD = 64;

  /** The last tokens, in a ring. */
  private final int[] tokens = new int[MAX_PERIOD];

  /** For each period, how many of the last tokens were those of one period before. */
  private final int[] same = new int[MAX_PERIOD + 1];

  private int numTokens;

  /**
   * Takes the next token; returns how often the last run of some length stands in a row, at least
   * 1.
   */
  int add(int token) {
    int most = 1;
    for (int period = 1; period <= Math.min(numTokens, MAX_PERIOD); period++) {
      boolean isSame = tokens[(numTokens - period) % MAX_PERIOD] == token;
      same[period] = isSame ? same[period] + 1 : 0;
      most = Math.max(most, 1 + same[period] / period);
    }
    tokens[numTokens++ % MAX_PERIOD] = token;
    return most;
  }
}
