package org.yukiguni.checkpoint;

/**
 * What an adapter adds to a weight: scale B A.
 *
 * @param a [r, in]
 * @param b [out, r]
 * @param layout of the weight
 */
public record LowRank(StoredTensor a, StoredTensor b, double scale, Layout layout) {
  /** How a linear layer's weight is stored. */
  public enum Layout {
    OUT_IN,
    /** The transpose, as in GPT-2. */
    IN_OUT
  }
}
