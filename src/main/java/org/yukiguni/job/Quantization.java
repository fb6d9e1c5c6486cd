package org.yukiguni.job;

/** How the weights are stored in memory. */
public enum Quantization {
  /** As numbers of the {@link Dtype}. */
  NONE,
  /** Those of linear layers as 8-bit integers, with a scale for each output channel. */
  INT8
}
