package org.yukiguni.job;

/** The number type that a model computes in. */
public enum Dtype {
  /** What is best on the device. */
  AUTO,
  /** 32-bit floats, whatever the checkpoint holds. */
  FLOAT32
}
