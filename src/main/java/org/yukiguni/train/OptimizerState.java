package org.yukiguni.train;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * All that changes from step to step: parameters, moments and the number of steps. With the job and
 * the rows it decides everything that follows.
 */
final class OptimizerState {
  private static final int MAGIC = 0x59554B31;

  private final float[] parameters;
  private final float[] firstMoments;
  private final float[] secondMoments;
  private int steps;

  private OptimizerState(
      float[] parameters, float[] firstMoments, float[] secondMoments, int steps) {
    this.parameters = parameters;
    this.firstMoments = firstMoments;
    this.secondMoments = secondMoments;
    this.steps = steps;
  }

  /** Before the first step; the parameters are taken over, not copied. */
  static OptimizerState start(float[] parameters) {
    return new OptimizerState(
        parameters, new float[parameters.length], new float[parameters.length], 0);
  }

  float[] parameters() {
    return parameters;
  }

  float[] firstMoments() {
    return firstMoments;
  }

  float[] secondMoments() {
    return secondMoments;
  }

  /** How many steps have been made. */
  int steps() {
    return steps;
  }

  void countStep() {
    steps++;
  }

  /** Writes everything, big-endian: magic, length, steps, the three vectors. */
  void write(DataOutputStream out) throws IOException {
    out.writeInt(MAGIC);
    out.writeInt(parameters.length);
    out.writeInt(steps);
    for (float[] vector : new float[][] {parameters, firstMoments, secondMoments}) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length);
      bytes.asFloatBuffer().put(vector);
      out.write(bytes.array());
    }
  }

  /** Reads what {@link #write} has written. */
  static OptimizerState read(DataInputStream in, int size) throws IOException {
    int magic = in.readInt();
    int length = in.readInt();
    if (magic != MAGIC || length != size) {
      throw new IOException(
          "it holds %d parameters in format %08x, not %d in %08x"
              .formatted(length, magic, size, MAGIC));
    }
    int steps = in.readInt();
    float[][] vectors = new float[3][size];
    for (float[] vector : vectors) {
      FloatBuffer floats = ByteBuffer.wrap(in.readNBytes(Float.BYTES * size)).asFloatBuffer();
      if (floats.remaining() != size) {
        throw new IOException("it is cut short");
      }
      floats.get(vector);
    }
    return new OptimizerState(vectors[0], vectors[1], vectors[2], steps);
  }
}
