package org.yukiguni.checkpoint;

import java.util.Collections;
import java.util.List;

/**
 * How a model's layers attend.
 *
 * @param scale of the products of queries and keys
 * @param softCap scores become cap tanh(score / cap); 0 is off
 * @param windows for each layer how many positions, its own included, a token sees; 0 where it sees
 *     all. Those that are not 0 are equal
 */
public record Attention(double scale, double softCap, List<Integer> windows) {
  public Attention {
    windows = List.copyOf(windows);
  }

  /** The usual scale, 1 over the root of the head dim, with the same window in every layer. */
  static Attention usual(int headDim, int layers, int window) {
    return new Attention(1 / Math.sqrt(headDim), 0, Collections.nCopies(layers, window));
  }
}
