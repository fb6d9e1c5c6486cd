package org.yukiguni.engine;

import java.nio.charset.StandardCharsets;

/**
 * Uniform numbers as a pure function of (seed, row id, sequence index, step). There is no generator
 * state, so a number does not depend on batch, partition, executor, retry or on how many
 * completions are asked for: the first two of four are the two of two.
 *
 * <p>The mixing function is the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable
 * Pseudorandom Number Generators, OOPSLA 2014).
 */
public final class CounterRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /**
   * The key of one completion's numbers.
   *
   * @param sequenceIndex which completion of the row, from 0
   */
  public static long key(long seed, String id, int sequenceIndex) {
    long key = mix(seed + GOLDEN_GAMMA);
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      key = mix(key + GOLDEN_GAMMA + (b & 0xff));
    }
    // A byte adds at most 255, so the offset keeps an id's end apart from a longer id.
    return mix(key + GOLDEN_GAMMA + 0x100 + sequenceIndex);
  }

  /**
   * The number of a step.
   *
   * @param key from {@link #key}
   * @param step how many tokens the completion has already
   * @return uniform in [0, 1), with 53 random bits
   */
  public static double uniform(long key, int step) {
    return (mix(key + GOLDEN_GAMMA * (step + 1L)) >>> 11) * 0x1.0p-53;
  }

  /** 31 bits of the same number. */
  public static int bits(long key, int step) {
    return (int) (mix(key + GOLDEN_GAMMA * (step + 1L)) >>> 33);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
