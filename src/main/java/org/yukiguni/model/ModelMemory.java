package org.yukiguni.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.ModelLimits;

/**
 * The memory that a model takes, known before it is loaded, and whether there is so much.
 *
 * @param model its folder
 * @param format of the matrices of linear layers
 */
public record ModelMemory(Path model, ModelSize size, WeightFormat format) {
  /** There must be room for a row of so many positions at least, or of the model's context. */
  static final int ROW_POSITIONS = 1024;

  /**
   * Reads headers.
   *
   * @throws org.yukiguni.checkpoint.CheckpointException if the model cannot be used at all
   */
  public static ModelMemory of(Path folder, Optional<Path> adapter, WeightFormat format) {
    return new ModelMemory(folder, ModelSize.of(folder, adapter), format);
  }

  /** Where the layers go; empty if there is not enough room. */
  public Optional<DeviceMap> map(List<DeviceMap.Room> rooms) {
    return DeviceMap.fill(size, format, rowTokens(), rooms);
  }

  /**
   * Why the model cannot fit, as a sentence; empty if it may.
   *
   * @param rooms that may be filled
   * @param advice what else could be done, as in {@code set this to that}; empty for nothing
   */
  public Optional<String> refusal(List<DeviceMap.Room> rooms, String advice) {
    if (map(rooms).isPresent()) {
      return Optional.empty();
    }
    Precision precision = rooms.get(0).precision();
    String type = precision.name().toLowerCase(Locale.ROOT);
    boolean int8Fits =
        DeviceMap.fill(size, WeightFormat.INT8, rowTokens(), rooms).isPresent()
            && format != WeightFormat.INT8;
    String otherwise = advice.isEmpty() ? "" : advice + ", or ";
    return Optional.of(
        "Cannot load model %s because its weights take %s (%,d numbers in linear layers as %s, %,d others as %s) and the keys and values of a row of %,d positions %s, but %s; %s"
            .formatted(
                model,
                gib(weightBytes(format, precision)),
                size.matrixNumbers(),
                format == WeightFormat.INT8 ? "int8" : type,
                size.otherNumbers(),
                type,
                rowPositions(),
                gib(rowTokens() * size.layers() * size.kvBytesPerLayer(precision)),
                rooms.stream().map(ModelMemory::described).collect(Collectors.joining(" and ")),
                int8Fits
                    ? otherwise
                        + "set model.quantization: int8, with which the weights take "
                        + gib(weightBytes(WeightFormat.INT8, precision))
                    : otherwise + "take a smaller model or machines with more memory"));
  }

  private static String described(DeviceMap.Room room) {
    return "%s has %s for them (%s)".formatted(room.device(), gib(room.bytes()), room.reckoning());
  }

  /** Bytes of all weights. */
  long weightBytes(WeightFormat weights, Precision precision) {
    return size.parts().stream().mapToLong(part -> part.bytes(weights, precision)).sum();
  }

  /**
   * Tokens whose keys and values fit beside the weights on every device of a map.
   *
   * @param rooms that the map was made for
   */
  public long kvTokens(DeviceMap map, List<DeviceMap.Room> rooms) {
    long tokens = Long.MAX_VALUE;
    int from = 0;
    for (int i = 0; i < map.parts().size(); i++) {
      DeviceMap.Part part = map.parts().get(i);
      long left = roomOf(part, rooms).bytes();
      left -= i == 0 ? size.parts().get(0).bytes(format, part.precision()) : 0;
      left -=
          i == map.parts().size() - 1
              ? size.parts().get(size.layers() + 1).bytes(format, part.precision())
              : 0;
      for (int layer = from; layer < from + part.layers(); layer++) {
        left -= size.parts().get(layer + 1).bytes(format, part.precision());
      }
      from += part.layers();
      if (part.layers() > 0) {
        tokens = Math.min(tokens, left / (part.layers() * size.kvBytesPerLayer(part.precision())));
      }
    }
    return tokens;
  }

  private static DeviceMap.Room roomOf(DeviceMap.Part part, List<DeviceMap.Room> rooms) {
    return rooms.stream()
        .filter(room -> room.device().equals(part.device()))
        .findFirst()
        .orElseThrow();
  }

  private int rowPositions() {
    return Math.min(ROW_POSITIONS, size.limits().contextLength());
  }

  private long rowTokens() {
    ModelLimits oneByte = new ModelLimits(rowPositions(), size.limits().vocabularySize(), 1);
    return EngineLimits.leastKvBytes(oneByte);
  }

  /** Bytes as they are said in messages. */
  public static String gib(long bytes) {
    return "%.2f GiB".formatted(bytes / (double) (1L << 30));
  }
}
