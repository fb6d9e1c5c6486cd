package org.yukiguni.model;

import java.io.Serializable;

/**
 * One row to learn from.
 *
 * @param id names it in messages
 * @param tokens of prompt and answer
 * @param isTarget for each token whether it is to be predicted from those before it; the first one
 *     never is
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a list would box every token.
public record TrainingRow(String id, int[] tokens, boolean[] isTarget) implements Serializable {
  public TrainingRow {
    if (tokens.length == 0 || tokens.length != isTarget.length) {
      throw new IllegalArgumentException(
          "row %s has %d tokens and %d marks".formatted(id, tokens.length, isTarget.length));
    }
  }

  /** How many of its tokens are predicted. */
  public int targets() {
    int targets = 0;
    for (int t = 1; t < tokens.length; t++) {
      targets += isTarget[t] ? 1 : 0;
    }
    return targets;
  }
}
