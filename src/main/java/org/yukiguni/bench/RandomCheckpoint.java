package org.yukiguni.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.yukiguni.checkpoint.Architecture;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.checkpoint.Weight;

/**
 * A checkpoint with random float16 weights. All its matrices share the bytes of the largest one, so
 * that the file of a model of 7 billion parameters has some hundred megabytes; loaded, each takes
 * the memory of its own that it would take in earnest.
 */
public final class RandomCheckpoint {
  private static final String WEIGHTS = "model.safetensors";

  /** Names of the files. */
  public static final List<String> FILES = List.of("config.json", WEIGHTS);

  /** Four times 1. */
  private static final long ONES = 0x3c00_3c00_3c00_3c00L;

  private static final int BUFFER = 1 << 24;

  private RandomCheckpoint() {}

  /** Writes {@code config.json} and {@code model.safetensors} into a folder. */
  public static Path write(ModelShape shape, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.json"), shape.config());
      ModelConfig config = Checkpoint.readConfig(folder);
      writeWeights(config, folder.resolve(WEIGHTS));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a checkpoint to " + folder + ": " + e, e);
    }
  }

  /** The data: as many ones, zeros and random numbers as the largest vector and matrix have. */
  private static void writeWeights(ModelConfig config, Path file) throws IOException {
    Architecture architecture = config.architecture();
    long longestVector = 0;
    long largestMatrix = 0;
    List<Weight> all = new ArrayList<>(architecture.endWeights(config));
    all.addAll(architecture.layerWeights(config));
    for (Weight weight : all) {
      if (weight.shape().size() == 1) {
        longestVector = Math.max(longestVector, elements(weight));
      } else {
        largestMatrix = Math.max(largestMatrix, elements(weight));
      }
    }
    List<String> entries = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (Weight weight : architecture.endWeights(config)) {
      add(entries, seen, "", weight, longestVector);
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = architecture.layerPrefixes(layer).get(0);
      for (Weight weight : architecture.layerWeights(config)) {
        add(entries, seen, prefix, weight, longestVector);
      }
    }
    byte[] header = ("{" + String.join(",", entries) + "}").getBytes(UTF_8);
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      out.write(little(8).putLong(0, header.length));
      out.write(ByteBuffer.wrap(header));
      fill(out, longestVector, () -> ONES);
      fill(out, longestVector, () -> 0);
      SplittableRandom random = new SplittableRandom(1);
      fill(out, largestMatrix, () -> random(random));
    }
  }

  private static void add(
      List<String> entries, List<String> seen, String prefix, Weight weight, long longestVector) {
    String name = prefix + weight.storedNames().get(0);
    if (seen.contains(name)) {
      return;
    }
    seen.add(name);
    boolean isVector = weight.shape().size() == 1;
    long begin = !isVector ? 4 * longestVector : name.endsWith(".bias") ? 2 * longestVector : 0;
    entries.add(
        String.format(
            "\"%s\":{\"dtype\":\"F16\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
            name, weight.shape(), begin, begin + 2 * elements(weight)));
  }

  private static long elements(Weight weight) {
    return weight.shape().stream().reduce(1L, Math::multiplyExact);
  }

  /** Four float16 numbers with random signs and sizes between 0.004 and 0.06. */
  private static long random(SplittableRandom random) {
    return (random.nextLong() & 0x8fff_8fff_8fff_8fffL) + 0x1c00_1c00_1c00_1c00L;
  }

  private static void fill(FileChannel out, long numbers, LongSupplier four) throws IOException {
    ByteBuffer buffer = little(BUFFER);
    for (long left = 2 * numbers; left > 0; left -= BUFFER) {
      buffer.clear();
      while (buffer.hasRemaining()) {
        buffer.putLong(four.getAsLong());
      }
      buffer.flip().limit((int) Math.min(BUFFER, left));
      out.write(buffer);
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
