package org.yukiguni.checkpoint;

import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Tensors of a safetensors file for tests of other rooms. */
public final class TensorFile {
  private TensorFile() {}

  /** A float32 tensor's elements in row-major order. */
  public static float[] floats(Path file, String name) {
    FloatBuffer buffer = Safetensors.read(file).get(name).map().asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
