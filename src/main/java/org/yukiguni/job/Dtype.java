package org.yukiguni.job;

/** The number type that a model computes in. */
public enum Dtype {
  /** bfloat16, or float16 where there is none, on a GPU; float32 on a CPU. */
  AUTO,
  /** 32-bit floats, whatever the checkpoint holds. */
  FLOAT32,
  /** 16-bit floats of IEEE 754, on a GPU only. */
  FLOAT16,
  /** 16-bit floats with the range of 32-bit ones, on a GPU only. */
  BFLOAT16
}
