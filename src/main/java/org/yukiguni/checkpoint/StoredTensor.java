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
 * @param strides in elements, where they are not those of row-major order; else empty
 * @param offset of its first byte in the file
 * @param bytes from its first to its last element
 */
public record StoredTensor(
    String name,
    String type,
    List<Long> shape,
    List<Long> strides,
    Path file,
    long offset,
    long bytes) {

  /**
   * Its bytes, little-endian and row-major: mapped, and read when touched, or copied where they are
   * stored in another order. The buffer must be kept as long as the memory is used.
   */
  public ByteBuffer map() {
    return strides.isEmpty() ? mapped() : rowMajor(mapped());
  }

  /** Copies its bytes, as {@link #map} has them, without leaving anything mapped. */
  public void read(ByteBuffer into) {
    if (!strides.isEmpty()) {
      into.put(map());
      return;
    }
    refuseLong();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      FileBytes.read(channel, offset, into);
    } catch (IOException e) {
      throw new CheckpointException("Cannot read tensor " + name + " of " + file + ": " + e, e);
    }
  }

  private ByteBuffer rowMajor(ByteBuffer stored) {
    int size = storedType().bytes();
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    if (elements > Integer.MAX_VALUE / size) {
      throw new CheckpointException(
          String.format(
              "Cannot reorder tensor %s of %s because it has %d elements and a buffer holds %d bytes"
                  + " at most",
              name, file, elements, Integer.MAX_VALUE));
    }
    ByteBuffer ordered =
        ByteBuffer.allocateDirect((int) elements * size).order(ByteOrder.LITTLE_ENDIAN);
    long[] index = new long[shape.size()];
    for (int i = 0; i < elements; i++) {
      long at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * strides.get(d);
      }
      ordered.put(i * size, stored, (int) at * size, size);
      for (int d = index.length - 1; d >= 0 && ++index[d] == shape.get(d); d--) {
        index[d] = 0;
      }
    }
    return ordered;
  }

  private void refuseLong() {
    if (bytes > Integer.MAX_VALUE) {
      throw new CheckpointException(
          String.format(
              "Cannot map tensor %s of %s because it has %d bytes and a mapping holds %d at most",
              name, file, bytes, Integer.MAX_VALUE));
    }
  }

  private ByteBuffer mapped() {
    refuseLong();
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
