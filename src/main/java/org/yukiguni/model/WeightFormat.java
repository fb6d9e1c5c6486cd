package org.yukiguni.model;

/** How the weights of linear layers are held; all else is computed in 32-bit floats. */
public enum WeightFormat {
  FLOAT32,
  /** 8-bit integers, and activations rounded to such at each layer; on x86 processors. */
  INT8
}
