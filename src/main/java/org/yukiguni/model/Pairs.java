package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** A growing list of (sample, token) with a value each; tokens that a model lacks are left out. */
final class Pairs {
  private final int vocabularySize;
  private long[] samples = new long[256];
  private long[] tokens = new long[256];
  private float[] values = new float[256];
  private int size;

  Pairs(int vocabularySize) {
    this.vocabularySize = vocabularySize;
  }

  /** Adds tokens that have the same value. */
  void add(int sample, int[] ids, double value) {
    for (int id : ids) {
      add(sample, id, (float) value);
    }
  }

  /** Adds tokens with a value each. */
  void add(int sample, int[] ids, float[] each) {
    for (int i = 0; i < ids.length; i++) {
      add(sample, ids[i], each[i]);
    }
  }

  private void add(int sample, int id, float value) {
    if (id >= vocabularySize) {
      return;
    }
    if (size == samples.length) {
      samples = Arrays.copyOf(samples, 2 * size);
      tokens = Arrays.copyOf(tokens, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    samples[size] = sample;
    tokens[size] = id;
    values[size++] = value;
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
