package org.yukiguni.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the uncompressed entries of a zip file lie, so that they can be mapped (<a
 * href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE</a>, zip64 included).
 * Sizes come from the central directory, places from the local headers, whose extra fields differ.
 */
final class StoredZip {
  private static final int END_BYTES = 22;
  private static final int LOCATOR_BYTES = 20;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT_BYTES = 65535;
  private static final int MAX_DIRECTORY_BYTES = 64 << 20;
  private static final long MAX_32 = 0xFFFFFFFFL;

  private StoredZip() {}

  /** The bytes of an entry. */
  record Entry(long offset, long bytes) {}

  /** A part of the file. */
  private record Directory(long offset, long bytes) {}

  /**
   * The entries by their names without the folder that all of them lie in.
   *
   * @throws IOException if the file is no such zip file, saying why
   */
  static Map<String, Entry> read(FileChannel channel) throws IOException {
    Directory directory = directory(channel);
    if (directory.bytes() > MAX_DIRECTORY_BYTES) {
      throw new IOException("its zip directory has " + directory.bytes() + " bytes");
    }
    ByteBuffer headers =
        FileBytes.read(channel, directory.offset(), Math.toIntExact(directory.bytes()));
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (headers.remaining() >= ENTRY_BYTES) {
      int at = headers.position();
      if (headers.getInt(at) != 0x02014b50) {
        throw new IOException("its zip directory is damaged");
      }
      int nameBytes = unsignedShort(headers, at + 28);
      int extraBytes = unsignedShort(headers, at + 30);
      int end = at + ENTRY_BYTES + nameBytes + extraBytes + unsignedShort(headers, at + 32);
      if (end > headers.limit()) {
        throw new IOException("its zip directory is damaged");
      }
      byte[] nameAsStored = new byte[nameBytes];
      headers.get(at + ENTRY_BYTES, nameAsStored);
      String name = new String(nameAsStored, StandardCharsets.UTF_8);
      String inFolder = name.substring(name.indexOf('/') + 1);
      entries.put(inFolder, entry(channel, headers, at, nameBytes, extraBytes, name));
      headers.position(end);
    }
    return entries;
  }

  private static Directory directory(FileChannel channel) throws IOException {
    long size = channel.size();
    int tailBytes = (int) Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
    ByteBuffer tail = FileBytes.read(channel, size - tailBytes, tailBytes);
    int end = tailBytes - END_BYTES;
    while (end >= 0 && tail.getInt(end) != 0x06054b50) {
      end--;
    }
    if (end < 0) {
      throw new IOException("it has no zip directory; it is cut short or no zip file");
    }
    long bytes = tail.getInt(end + 12) & MAX_32;
    long offset = tail.getInt(end + 16) & MAX_32;
    int locator = end - LOCATOR_BYTES;
    if (locator >= 0 && tail.getInt(locator) == 0x07064b50) {
      ByteBuffer end64 = FileBytes.read(channel, tail.getLong(locator + 8), 56);
      bytes = end64.getLong(40);
      offset = end64.getLong(48);
    }
    if (bytes < 0 || offset < 0 || offset > size - bytes) {
      throw new IOException("its zip directory lies outside the file");
    }
    return new Directory(offset, bytes);
  }

  private static Entry entry(
      FileChannel channel, ByteBuffer headers, int at, int nameBytes, int extraBytes, String name)
      throws IOException {
    boolean isPlain = (headers.getShort(at + 8) & 1) == 0 && headers.getShort(at + 10) == 0;
    long stored = headers.getInt(at + 20) & MAX_32;
    long bytes = headers.getInt(at + 24) & MAX_32;
    long header = headers.getInt(at + 42) & MAX_32;
    int extra = at + ENTRY_BYTES + nameBytes;
    int extraEnd = extra + extraBytes;
    while (extra + 4 <= extraEnd) {
      int next = extra + 4 + unsignedShort(headers, extra + 2);
      if (headers.getShort(extra) == 1) {
        // Only the values that do not fit, in this order.
        int value = extra + 4;
        if (bytes == MAX_32 && value + 8 <= extraEnd) {
          bytes = headers.getLong(value);
          value += 8;
        }
        if (stored == MAX_32 && value + 8 <= extraEnd) {
          stored = headers.getLong(value);
          value += 8;
        }
        if (header == MAX_32 && value + 8 <= extraEnd) {
          header = headers.getLong(value);
        }
      }
      extra = next;
    }
    if (!isPlain || stored != bytes || bytes < 0) {
      throw new IOException("its entry " + name + " is compressed or encrypted");
    }
    ByteBuffer local = FileBytes.read(channel, header, LOCAL_BYTES);
    long offset = header + LOCAL_BYTES + unsignedShort(local, 26) + unsignedShort(local, 28);
    if (local.getInt(0) != 0x04034b50 || offset > channel.size() - bytes) {
      throw new IOException("its entry " + name + " lies outside the file or has no header");
    }
    return new Entry(offset, bytes);
  }

  private static int unsignedShort(ByteBuffer buffer, int at) {
    return buffer.getShort(at) & 0xFFFF;
  }
}
