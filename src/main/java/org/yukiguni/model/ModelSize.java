package org.yukiguni.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.checkpoint.StoredTensor;
import org.yukiguni.engine.ModelLimits;

/**
 * How much there is of a model, known from the headers of its files before it is loaded.
 *
 * @param parts embeddings, each layer, and what comes behind the last layer
 * @param limits as if it computed in 32-bit floats
 */
public record ModelSize(List<Part> parts, ModelLimits limits) {
  public ModelSize {
    parts = List.copyOf(parts);
  }

  /**
   * Numbers of consecutive weights.
   *
   * @param matrixNumbers in the matrices of linear layers
   * @param otherNumbers in embeddings, norms and biases, which are not quantised
   */
  public record Part(long matrixNumbers, long otherNumbers) {
    private static Part of(Map<String, StoredTensor> tensors) {
      long matrices = 0;
      long others = 0;
      for (Map.Entry<String, StoredTensor> weight : tensors.entrySet()) {
        List<Long> shape = weight.getValue().shape();
        long numbers = shape.stream().reduce(1L, Math::multiplyExact);
        // Tables of embeddings are looked up, not multiplied.
        if (shape.size() == 2 && !Checkpoint.isTable(weight.getKey())) {
          matrices += numbers;
        } else {
          others += numbers;
        }
      }
      return new Part(matrices, others);
    }

    long bytes(WeightFormat weights, Precision precision) {
      int matrixBytes =
          switch (weights) {
            case FLOAT32 -> precision.bytes();
            case INT8 -> Byte.BYTES;
          };
      return matrixNumbers * matrixBytes + otherNumbers * precision.bytes();
    }
  }

  /**
   * Reads headers.
   *
   * @throws org.yukiguni.checkpoint.CheckpointException if the model cannot be used at all
   */
  public static ModelSize of(Path folder, Optional<Path> adapter) {
    Checkpoint checkpoint = Checkpoint.open(folder, adapter);
    ModelConfig config = checkpoint.config();
    List<Part> parts = new ArrayList<>();
    parts.add(Part.of(checkpoint.start()));
    for (int layer = 0; layer < config.layers(); layer++) {
      parts.add(Part.of(checkpoint.layer(layer)));
    }
    parts.add(Part.of(checkpoint.end()));
    long kvBytes = config.layers() * KvCache.bytesPerToken(config, Precision.FLOAT32);
    return new ModelSize(
        parts, new ModelLimits(config.contextLength(), config.vocabularySize(), kvBytes));
  }

  public int layers() {
    return parts.size() - 2;
  }

  /** Keys and values of one token in one layer. */
  public long kvBytesPerLayer(Precision precision) {
    return limits.kvBytesPerToken() / layers() * precision.bytes() / Float.BYTES;
  }

  long matrixNumbers() {
    return parts.stream().mapToLong(Part::matrixNumbers).sum();
  }

  long otherNumbers() {
    return parts.stream().mapToLong(Part::otherNumbers).sum();
  }
}
