package org.yukiguni.model;

/** The type that a model computes in; weights that are not quantised are held in it. */
public enum Precision {
  FLOAT32(6, 4),
  FLOAT16(5, 2),
  BFLOAT16(15, 2);

  private final int scriptType;
  private final int bytes;

  Precision(int scriptType, int bytes) {
    this.scriptType = scriptType;
    this.bytes = bytes;
  }

  /** TorchScript's number for the type. */
  int scriptType() {
    return scriptType;
  }

  /** Of one number. */
  public int bytes() {
    return bytes;
  }
}
