package org.yukiguni.checkpoint;

import java.util.Arrays;

/** The element types of stored weights that can be computed with, under their safetensors names. */
public enum StoredType {
  F32(4),
  F16(2),
  BF16(2);

  private final int bytes;

  StoredType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  static StoredType of(String name, String tensor, Object file) {
    return Arrays.stream(values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CheckpointException(
                    String.format(
                        "Cannot use tensor %s of %s because it is stored as %s; supported are %s",
                        tensor, file, name, Arrays.toString(values()))));
  }
}
