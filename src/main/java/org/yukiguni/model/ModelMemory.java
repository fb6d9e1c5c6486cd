package org.yukiguni.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.StoredTensor;
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
    Checkpoint checkpoint = Checkpoint.open(folder, adapter);
    var config = checkpoint.config();
    long matrices = 0;
    long all = 0;
    for (int part = 0; part <= config.layers(); part++) {
      var tensors = part < config.layers() ? checkpoint.layer(part) : checkpoint.ends();
      for (Map.Entry<String, StoredTensor> weight : tensors.entrySet()) {
        List<Long> shape = weight.getValue().shape();
        long numbers = shape.stream().reduce(1L, Math::multiplyExact);
        all += numbers;
        // Tables of embeddings are looked up, not multiplied.
        boolean isTable = part == config.layers() && !weight.getKey().equals("head");
        matrices += shape.size() == 2 && !isTable ? numbers : 0;
      }
    }
    ModelLimits oneToken =
        new ModelLimits(1, config.vocabularySize(), KvCache.bytesPerToken(config));
    return new ModelMemory(
        folder, format, matrices, all - matrices, EngineLimits.leastKvBytes(oneToken));
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
