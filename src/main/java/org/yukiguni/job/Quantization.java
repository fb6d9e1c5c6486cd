package org.yukiguni.job;

/** How the weights are stored in memory. */
public enum Quantization {
  /** As numbers of the {@link Dtype}. */
  NONE
}
