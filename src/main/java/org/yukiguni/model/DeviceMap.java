package org.yukiguni.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which layers of a model lie on which device. The embedding lies with the first part, the last
 * norm and the output projection with the last one.
 *
 * @param parts in the order of the layers
 */
public record DeviceMap(List<Part> parts) {
  public DeviceMap {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a model needs a device");
    }
  }

  /**
   * Consecutive layers.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @param precision that they are computed in
   * @param layers how many, after those of the parts before; may be 0 for the first part and the
   *     last one
   */
  public record Part(String device, Precision precision, int layers) {}

  /**
   * A device that may be used.
   *
   * @param bytes that a model may take there
   * @param reckoning how these were found, for messages
   */
  public record Room(String device, Precision precision, long bytes, String reckoning) {}

  /** All layers of the model. */
  public int layers() {
    return parts.stream().mapToInt(Part::layers).sum();
  }

  /** All layers in one place. */
  public static DeviceMap whole(String device, Precision precision, int layers) {
    return new DeviceMap(List.of(new Part(device, precision, layers)));
  }

  /**
   * Fills one device after the other, as {@code device_map="auto"} of Hugging Face's accelerate
   * does, and counts the keys and values of the layers too.
   *
   * @param kvTokens tokens whose keys and values must fit beside the weights
   * @return empty if the rooms are too small
   */
  public static Optional<DeviceMap> fill(
      ModelSize size, WeightFormat weights, long kvTokens, List<Room> rooms) {
    List<ModelSize.Part> rest = new ArrayList<>(size.parts());
    int numParts = rest.size();
    List<Part> parts = new ArrayList<>();
    for (Room room : rooms) {
      long left = room.bytes();
      int layers = 0;
      boolean isUsed = false;
      while (!rest.isEmpty()) {
        boolean isLayer = rest.size() < numParts && rest.size() > 1;
        long bytes = rest.get(0).bytes(weights, room.precision());
        bytes += isLayer ? kvTokens * size.kvBytesPerLayer(room.precision()) : 0;
        if (bytes > left) {
          break;
        }
        left -= bytes;
        layers += isLayer ? 1 : 0;
        isUsed = true;
        rest.remove(0);
      }
      if (isUsed) {
        parts.add(new Part(room.device(), room.precision(), layers));
      }
    }
    return rest.isEmpty() ? Optional.of(new DeviceMap(parts)) : Optional.empty();
  }

  /** The devices in order, as in {@code cuda:0+cpu}. */
  @Override
  public String toString() {
    return parts.stream().map(Part::device).collect(Collectors.joining("+"));
  }
}
