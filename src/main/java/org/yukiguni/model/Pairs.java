package org.yukiguni.model;

import java.util.Arrays;

/** A growing list of (sample, token) with a value each; tokens that a model lacks are left out. */
final class Pairs {
  private final int vocabularySize;
  private long[] samples = new long[16];
  private long[] tokens = new long[16];
  private double[] values = new double[16];
  private int size;

  Pairs(int vocabularySize) {
    this.vocabularySize = vocabularySize;
  }

  /** Adds tokens that have the same value. */
  void add(int sample, int[] ids, double value) {
    for (int id : ids) {
      add(sample, id, value);
    }
  }

  /** Adds tokens with a value each. */
  void add(int sample, int[] ids, float[] each) {
    for (int i = 0; i < ids.length; i++) {
      add(sample, ids[i], each[i]);
    }
  }

  private void add(int sample, int id, double value) {
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

  /** The samples, then the tokens: 2 size. */
  Upload.Part indices(Upload upload) {
    long[] both = Arrays.copyOf(samples, 2 * size);
    System.arraycopy(tokens, 0, both, size, size);
    return upload.add(both);
  }

  /** As many as there are pairs. */
  Upload.Part values(Upload upload) {
    return upload.add(Arrays.copyOf(values, size));
  }
}
