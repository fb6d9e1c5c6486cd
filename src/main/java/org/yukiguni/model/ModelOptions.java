package org.yukiguni.model;

/**
 * Where and how a model runs.
 *
 * @param device {@code cpu} or {@code cuda:N}
 * @param threads of libtorch within an operation; a setting of the whole process, so all engines of
 *     a JVM share it
 * @param weights how they are held
 * @param precision of everything that is not quantised; another one than 32 bits is for CUDA
 */
public record ModelOptions(String device, int threads, WeightFormat weights, Precision precision) {
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

  /** In 32-bit floats but for the weights of linear layers. */
  public ModelOptions(String device, int threads, WeightFormat weights) {
    this(device, threads, weights, Precision.FLOAT32);
  }

  /** The same on another device. */
  ModelOptions on(DeviceMap.Part part) {
    return new ModelOptions(part.device(), threads, weights, part.precision());
  }
}
