package org.yukiguni.model;

/**
 * Where and how a model runs.
 *
 * @param device {@code cpu} or {@code cuda:N}
 * @param threads of libtorch within an operation; a setting of the whole process, so all engines of
 *     a JVM share it
 */
public record ModelOptions(String device, int threads) {
  public ModelOptions {
    if (!device.equals("cpu") && !device.matches("cuda:\\d+")) {
      throw new IllegalArgumentException("device must be cpu or cuda:N, not " + device);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be 1 or more, not " + threads);
    }
  }
}
