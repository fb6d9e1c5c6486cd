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
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the file ends at byte " + (position + buffer.position()));
      }
    }
    return buffer.flip();
  }
}
