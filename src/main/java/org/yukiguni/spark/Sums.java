package org.yukiguni.spark;

/**
 * What a run has done so far.
 *
 * @param rows prompts whose completions are all there, errors included
 * @param completions without errors
 * @param errors completions that could not be made
 * @param tokens of the completions
 * @param deviceMicros busy time of all devices, in microseconds
 */
public record Sums(long rows, long completions, long errors, long tokens, long deviceMicros) {
  /** Nothing done. */
  public static final Sums ZERO = new Sums(0, 0, 0, 0, 0);

  static final int FIELDS = 5;

  static Sums of(long[] values) {
    return new Sums(values[0], values[1], values[2], values[3], values[4]);
  }
}
