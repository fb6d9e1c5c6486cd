package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yukiguni.job.InvalidJobException;

/**
 * Twelve hex digits that tell one model folder from another: a SHA-256 over the files that a model
 * is made of, in the order of their names.
 *
 * <p>Configuration and tokenizer files count with their contents. Of a weights file count the size,
 * a safetensors header (names, shapes and types of all tensors) and samples spread over the whole
 * file, because to hash 14 GB would take longer than to load it. So another training of the same
 * shapes is told apart, since it moves numbers everywhere, but a change of a few numbers may not
 * be: this is no checksum. Notes such as README.md and other files do not count.
 */
final class FolderRevision {
  private static final int HEX_DIGITS = 12;
  private static final int SAMPLES = 256;
  private static final int SAMPLE_BYTES = 4096;
  private static final int MAX_HEADER_BYTES = 100 << 20;

  /** Ends of names that mean configuration or tokenizer. */
  private static final List<String> SMALL_FILES = List.of(".json", ".model", ".jinja", ".txt");

  /** Not the optimizer's state and the like, which end so too. */
  private static final Pattern TORCH_FILE = Pattern.compile("(pytorch|adapter)_model.*\\.bin");

  private FolderRevision() {}

  /**
   * Hashes a folder.
   *
   * @throws InvalidJobException if a file cannot be read
   */
  static String of(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        add(digest, file);
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
    } catch (IOException e) {
      throw new InvalidJobException(
          "model.path: Cannot read model " + folder + " because of " + e + "; make it readable");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, Path file) throws IOException {
    String name = file.getFileName().toString();
    boolean isWeights = name.endsWith(".safetensors") || TORCH_FILE.matcher(name).matches();
    if (!isWeights && SMALL_FILES.stream().noneMatch(name::endsWith)) {
      return;
    }
    digest.update((name + "\0" + Files.size(file) + "\0").getBytes(UTF_8));
    if (isWeights) {
      addWeights(digest, file);
    } else {
      digest.update(Files.readAllBytes(file));
    }
  }

  private static void addWeights(MessageDigest digest, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      // The header's length in eight bytes, little endian, then the header.
      ByteBuffer length = read(channel, 0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      long header = length.remaining() < Long.BYTES ? 0 : length.getLong(0);
      digest.update(length);
      // What is no header is not read whole; the loader says what is wrong with it.
      boolean isHeader = header > 0 && header <= MAX_HEADER_BYTES;
      digest.update(read(channel, Long.BYTES, isHeader ? (int) header : 0));
      for (int sample = 0; sample < SAMPLES; sample++) {
        long at = (channel.size() - SAMPLE_BYTES) / (SAMPLES - 1) * sample;
        digest.update(read(channel, Math.max(0, at), SAMPLE_BYTES));
      }
    }
  }

  /** The bytes from a position on, fewer where the file ends. */
  private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
    long left = Math.max(0, channel.size() - position);
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(bytes, left));
    while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
      // A read may return less than asked for.
    }
    return buffer.flip();
  }
}
