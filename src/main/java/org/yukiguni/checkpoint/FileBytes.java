package org.yukiguni.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Reads parts of files. */
final class FileBytes {
  private FileBytes() {}

  /**
   * Reads that many bytes, little-endian.
   *
   * @throws IOException also where they lie outside the file; nothing is allocated then
   */
  static ByteBuffer read(FileChannel channel, long position, int length) throws IOException {
    long size = channel.size();
    if (position < 0 || length < 0 || position > size - length) {
      throw new IOException(
          length + " bytes at " + position + " lie outside the file of " + size + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    read(channel, position, buffer);
    return buffer.flip();
  }

  /** Fills a buffer with the bytes from a position on. */
  static void read(FileChannel channel, long position, ByteBuffer into) throws IOException {
    long start = position - into.position();
    while (into.hasRemaining()) {
      if (channel.read(into, start + into.position()) < 0) {
        throw new IOException("the file ends at byte " + (start + into.position()));
      }
    }
  }
}
