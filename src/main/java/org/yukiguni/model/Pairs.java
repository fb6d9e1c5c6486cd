package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** A growing list of (sample, token) with a value each. */
final class Pairs {
  private long[] samples = new long[256];
  private long[] tokens = new long[256];
  private float[] values = new float[256];
  private int size;

  void add(int sample, int[] ids, double value) {
    if (size + ids.length > samples.length) {
      int capacity = Math.max(2 * samples.length, size + ids.length);
      samples = Arrays.copyOf(samples, capacity);
      tokens = Arrays.copyOf(tokens, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    for (int id : ids) {
      samples[size] = sample;
      tokens[size] = id;
      values[size++] = (float) value;
    }
  }

  /** [2, size]: samples and tokens. */
  NDArray indices(NDManager scope) {
    long[] both = Arrays.copyOf(samples, 2 * size);
    System.arraycopy(tokens, 0, both, size, size);
    return scope.create(both, new Shape(2, size));
  }

  /** [size]. */
  NDArray values(NDManager scope) {
    return scope.create(Arrays.copyOf(values, size));
  }
}
