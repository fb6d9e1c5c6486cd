package org.yukiguni.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Where a weight lies in a file.
 *
 * @param type "F32" and so on, as the file says; not necessarily a supported one
 * @param offset of its first byte in the file
 */
public record StoredTensor(
    String name, String type, List<Long> shape, Path file, long offset, long bytes) {

  /**
   * Maps its bytes, little-endian and row-major. Pages are read when touched; the buffer must be
   * kept as long as the memory is used.
   */
  public ByteBuffer map() {
    if (bytes > Integer.MAX_VALUE) {
      throw new CheckpointException(
          String.format(
              "Cannot map tensor %s of %s because it has %d bytes and a mapping holds %d at most",
              name, file, bytes, Integer.MAX_VALUE));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, offset, bytes)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new CheckpointException("Cannot map tensor " + name + " of " + file + ": " + e, e);
    }
  }

  /** Its element type, checked to be a supported one. */
  public StoredType storedType() {
    return StoredType.of(type, name, file);
  }
}
