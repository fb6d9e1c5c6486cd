package org.yukiguni.model;

/**
 * Where and how a model runs.
 *
 * @param device {@code cpu} or {@code cuda:N}
 * @param threads of libtorch within an operation; a setting of the whole process, so all engines of
 *     a JVM share it
 * @param weights how they are held
 */
public record ModelOptions(String device, int threads, WeightFormat weights) {
  public ModelOptions {
    if (!device.equals("cpu") && !device.matches("cuda:\\d+")) {
      throw new IllegalArgumentException("device must be cpu or cuda:N, not " + device);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be 1 or more, not " + threads);
    }
  }

  /** In 32-bit floats. */
  public ModelOptions(String device, int threads) {
    this(device, threads, WeightFormat.FLOAT32);
  }
}
