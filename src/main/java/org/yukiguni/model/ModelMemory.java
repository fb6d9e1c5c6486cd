package org.yukiguni.model;

import java.nio.file.Path;
import java.util.Optional;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.ModelLimits;

/**
 * The least memory that a model takes, known from the headers of its files before it is loaded.
 *
 * @param model its folder
 * @param format of the matrices of linear layers
 * @param matrixNumbers numbers in these
 * @param otherNumbers in embeddings, norms and biases, which are 32-bit floats always
 * @param kvBytes keys and values of the shortest row
 */
public record ModelMemory(
    Path model, WeightFormat format, long matrixNumbers, long otherNumbers, long kvBytes) {
  /**
   * Reads headers.
   *
   * @throws org.yukiguni.checkpoint.CheckpointException if the model cannot be used at all
   */
  public static ModelMemory of(Path folder, Optional<Path> adapter, WeightFormat format) {
    ModelSize size = ModelSize.of(folder, adapter);
    ModelLimits oneToken =
        new ModelLimits(1, size.limits().vocabularySize(), size.limits().kvBytesPerToken());
    return new ModelMemory(
        folder,
        format,
        size.matrixNumbers(),
        size.otherNumbers(),
        EngineLimits.leastKvBytes(oneToken));
  }

  /** Bytes of all weights. */
  long weightBytes() {
    return bytes(format);
  }

  private long bytes(WeightFormat matrices) {
    int matrixBytes =
        switch (matrices) {
          case FLOAT32 -> Float.BYTES;
          case INT8 -> Byte.BYTES;
        };
    return matrixNumbers * matrixBytes + otherNumbers * Float.BYTES;
  }

  /**
   * Why the model cannot fit, as a sentence; empty if it may.
   *
   * @param machineBytes memory of the machine, or of the container that this process is in
   * @param heapBytes what Java has taken of it
   */
  public Optional<String> refusal(long machineBytes, long heapBytes) {
    long free = machineBytes - heapBytes;
    if (weightBytes() + kvBytes <= free) {
      return Optional.empty();
    }
    boolean int8Fits = bytes(WeightFormat.INT8) + kvBytes <= free;
    return Optional.of(
        "Cannot load model %s because its weights take %s (%,d numbers in linear layers as %s, %,d others as float32) and the keys and values of one row %s, but of the machine's %s only %s are left beside Java's heap; %s"
            .formatted(
                model,
                gib(weightBytes()),
                matrixNumbers,
                format == WeightFormat.INT8 ? "int8" : "float32",
                otherNumbers,
                gib(kvBytes),
                gib(machineBytes),
                gib(free),
                int8Fits
                    ? "set model.quantization: int8, with which the weights take "
                        + gib(bytes(WeightFormat.INT8))
                    : "take a smaller model or machines with more memory"));
  }

  private static String gib(long bytes) {
    return "%.2f GiB".formatted(bytes / (double) (1L << 30));
  }
}
