package org.yukiguni.model;

/** How the weights of linear layers are held. */
public enum WeightFormat {
  /** As floats of the {@link Precision} that all else is computed in. */
  FLOAT32,
  /** 8-bit integers; on x86 processors activations are rounded to such at each layer, too. */
  INT8
}
