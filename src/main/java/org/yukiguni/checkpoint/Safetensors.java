package org.yukiguni.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: 8 bytes of length, that many bytes of JSON with each tensor's
 * type, shape and place, then the data (<a
 * href="https://github.com/huggingface/safetensors#format">format</a>). Every length and offset is
 * checked against the file before it is used.
 */
final class Safetensors {
  /** The reference implementation's own limit. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private Safetensors() {}

  /** The tensors of a file by name, in the order of the header. */
  static Map<String, StoredTensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      long headerBytes = size < 8 ? -1 : FileBytes.read(channel, 0, 8).getLong();
      if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES || headerBytes > size - 8) {
        throw new CheckpointException(
            String.format(
                "Cannot read %s because its header length %d does not fit a file of %d bytes; it is"
                    + " cut short or no safetensors file",
                file, headerBytes, size));
      }
      byte[] header = FileBytes.read(channel, 8, (int) headerBytes).array();
      return tensors(file, Json.parse(header, file), 8 + headerBytes, size);
    } catch (IOException e) {
      throw new CheckpointException("Cannot read " + file + ": " + e, e);
    }
  }

  private static Map<String, StoredTensor> tensors(
      Path file, JsonNode header, long dataStart, long fileSize) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue(), dataStart));
      }
    }
    for (StoredTensor t : tensors.values()) {
      if (t.offset() < dataStart || t.bytes() < 0 || t.offset() > fileSize - t.bytes()) {
        throw new CheckpointException(
            String.format(
                "Cannot read tensor %s of %s because its bytes %d to %d lie outside the file of %d"
                    + " bytes; the file is cut short or damaged",
                t.name(), file, t.offset(), t.offset() + t.bytes(), fileSize));
      }
    }
    return tensors;
  }

  private static StoredTensor tensor(Path file, String name, JsonNode node, long dataStart) {
    JsonNode offsets = node.path("data_offsets");
    JsonNode shapeNode = node.path("shape");
    if (!node.path("dtype").isTextual()
        || !shapeNode.isArray()
        || offsets.size() != 2
        || !offsets.path(0).canConvertToLong()
        || !offsets.path(1).canConvertToLong()) {
      throw new CheckpointException(
          "Cannot read tensor "
              + name
              + " of "
              + file
              + " because its header entry lacks dtype, shape or data_offsets");
    }
    List<Long> shape = new ArrayList<>();
    shapeNode.forEach(dimension -> shape.add(dimension.asLong(-1)));
    if (shape.stream().anyMatch(dimension -> dimension < 0)) {
      throw new CheckpointException(
          "Cannot read tensor " + name + " of " + file + " because its shape is " + shapeNode);
    }
    long begin = offsets.path(0).asLong();
    long end = offsets.path(1).asLong();
    if (begin < 0 || end < begin || end > Long.MAX_VALUE - dataStart) {
      throw new CheckpointException(
          "Cannot read tensor "
              + name
              + " of "
              + file
              + " because its data_offsets are "
              + offsets);
    }
    return new StoredTensor(
        name,
        node.path("dtype").asText(),
        List.copyOf(shape),
        List.of(),
        file,
        dataStart + begin,
        end - begin);
  }
}
