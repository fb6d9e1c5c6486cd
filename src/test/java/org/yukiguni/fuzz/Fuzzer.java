package org.yukiguni.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Gives a parser damaged input: each must end in a result or in the parser's own exception, within
 * a time and an amount of memory. Inputs are always the same; {@code -Dfuzz.factor=N} tries N times
 * as many.
 */
public final class Fuzzer {
  private static final int FACTOR = Integer.getInteger("fuzz.factor", 1);
  private static final int NEAR_BYTES = 1_500;
  private static final long MAX_MS = 5_000;
  private static final long MAX_BYTES = 256L << 20;
  private static final int[] EDGES = {0, 1, -1, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 1 << 16};

  /** What matters to parsers of JSON, and to what they then do with the values. */
  private static final List<String> JSON =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "\\u0000",
          "\\ud800",
          "null",
          "true",
          "false",
          "{}",
          "[]",
          "\"\"",
          "0",
          "-1",
          "1",
          "2",
          "1e9",
          "1e999",
          "-0.0",
          "0.5",
          "NaN",
          "\0",
          "2147483647",
          "2147483648",
          "-9223372036854775808",
          "9223372036854775808",
          "99999999999999999999999999",
          "\ufeff",
          "雪",
          "[".repeat(2_000),
          "{\"a\":".repeat(1_200));

  private final String parser;
  private final List<Class<?>> own;
  private final List<String> pieces;
  private final Random random = new Random(20240601);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private int accepted;

  /** Parses and uses what comes of it. */
  public interface Parser {
    void parse(byte[] input) throws Exception;
  }

  private Fuzzer(String parser, List<String> pieces, List<Class<?>> own) {
    this.parser = parser;
    this.pieces = pieces;
    this.own = own;
  }

  /**
   * Tries a parser.
   *
   * @param name for the report
   * @param seeds whole inputs, which are changed in a few places
   * @param rounds how many inputs
   * @param own what it may throw
   */
  public static void run(
      String name, List<byte[]> seeds, int rounds, Parser parser, Class<?>... own) {
    run(name, seeds, JSON, rounds, parser, own);
  }

  /** The same for another language than JSON, given pieces of it to put anywhere. */
  public static void run(
      String name,
      List<byte[]> seeds,
      List<String> pieces,
      int rounds,
      Parser parser,
      Class<?>... own) {
    Fuzzer fuzzer = new Fuzzer(name, pieces, List.of(own));
    fuzzer.run(seeds, rounds * FACTOR, parser, fuzzer::changed);
  }

  /**
   * Damaged inputs for a parser that takes many at once.
   *
   * @param seed other ones for another seed
   */
  public static List<byte[]> damaged(List<byte[]> inputs, int count, long seed) {
    Fuzzer fuzzer = new Fuzzer("", JSON, List.of());
    fuzzer.random.setSeed(seed);
    return IntStream.range(0, count)
        .mapToObj(i -> fuzzer.damaged(inputs.get(i % inputs.size()), fuzzer::changed))
        .toList();
  }

  /** The same for JSON that stays JSON, so that more of it is accepted and used. */
  public static void runJson(
      String name, List<byte[]> seeds, int rounds, Parser parser, Class<?>... own) {
    Fuzzer fuzzer = new Fuzzer(name + ", still JSON", JSON, List.of(own));
    JsonChanges changes = new JsonChanges(fuzzer.random);
    fuzzer.run(seeds, rounds * FACTOR, parser, changes::changed);
  }

  private void run(List<byte[]> seeds, int rounds, Parser tried, UnaryOperator<byte[]> change) {
    for (byte[] seed : seeds) {
      require(attempt(seed, tried), "the seed is no good input", seed);
    }
    accepted = 0;
    for (int round = 0; round < rounds; round++) {
      byte[] input = damaged(seeds.get(round % seeds.size()), change);
      accepted += attempt(input, tried) ? 1 : 0;
    }
    System.out.printf(Locale.ROOT, "fuzz %s: %,d inputs, %,d accepted%n", parser, rounds, accepted);
    if (accepted == 0 || accepted == rounds) {
      throw new AssertionError("the changes are too strong or too weak to find anything");
    }
  }

  private byte[] damaged(byte[] seed, UnaryOperator<byte[]> change) {
    byte[] input = seed;
    for (int changes = random.nextInt(4); changes >= 0; changes--) {
      input = change.apply(input);
    }
    return input;
  }

  private boolean attempt(byte[] input, Parser tried) {
    // The thread's own time: the machine may be busy with others.
    long start = threads.getCurrentThreadCpuTime();
    long bytes = threads.getCurrentThreadAllocatedBytes();
    try {
      tried.parse(input);
      return true;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      boolean isOwn = own.stream().anyMatch(type -> type.isInstance(e));
      require(isOwn && e.getMessage() != null, "not our own exception", input, e);
      return false;
    } finally {
      require((threads.getCurrentThreadCpuTime() - start) / 1_000_000 < MAX_MS, "too slow", input);
      require(threads.getCurrentThreadAllocatedBytes() - bytes < MAX_BYTES, "too large", input);
    }
  }

  private void require(boolean condition, String problem, byte[] input) {
    require(condition, problem, input, null);
  }

  private void require(boolean condition, String problem, byte[] input, Throwable cause) {
    if (!condition) {
      byte[] shown = input.length > 4_000 ? Arrays.copyOf(input, 4_000) : input;
      throw new AssertionError(
          "%s: %s, for %d bytes\n%s\n%s"
              .formatted(
                  parser,
                  problem,
                  input.length,
                  new String(shown, UTF_8),
                  HexFormat.of().formatHex(shown)),
          cause);
    }
  }

  private byte[] changed(byte[] input) {
    int from = place(input.length + 1);
    int to = Math.min(input.length, from + 1 + random.nextInt(12));
    return switch (random.nextInt(9)) {
      case 0 -> Arrays.copyOf(input, from);
      case 1 -> spliced(input, from, to, new byte[0]);
      case 2 -> spliced(input, from, from, Arrays.copyOfRange(input, from, to));
      case 3 -> spliced(input, from, Math.min(from + 1, input.length), new byte[] {anyByte()});
      case 4 -> flipped(input, from);
      case 5 -> spliced(input, from, Math.min(input.length, from + 4), number(4));
      case 6 -> spliced(input, from, Math.min(input.length, from + 8), number(8));
      case 7 -> spliced(input, from, from, piece());
      default -> replacedValue(input, from);
    };
  }

  /** Anywhere, but more often near an end: there lie headers and directories. */
  private int place(int length) {
    int near = random.nextInt(Math.min(length, NEAR_BYTES));
    return switch (random.nextInt(3)) {
      case 0 -> random.nextInt(length);
      case 1 -> near;
      default -> length - 1 - near;
    };
  }

  /** Puts something in the place of a JSON value or key, found by its borders. */
  private byte[] replacedValue(byte[] input, int near) {
    int from = near;
    while (from > 0 && !isBorder(input[from - 1])) {
      from--;
    }
    int to = near;
    while (to < input.length && !isBorder(input[to])) {
      to++;
    }
    return spliced(input, from, to, piece());
  }

  private static boolean isBorder(byte b) {
    return b == ':' || b == ',' || b == '{' || b == '}' || b == '[' || b == ']';
  }

  private byte[] piece() {
    return pieces.get(random.nextInt(pieces.size())).getBytes(UTF_8);
  }

  private byte[] number(int bytes) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int edge = EDGES[random.nextInt(EDGES.length)];
    return bytes == 4 ? buffer.putInt(edge).array() : buffer.putLong(edge).array();
  }

  private byte anyByte() {
    return (byte) (random.nextBoolean() ? random.nextInt(256) : EDGES[random.nextInt(6)]);
  }

  private byte[] flipped(byte[] input, int at) {
    byte[] changed = input.clone();
    if (at < changed.length) {
      changed[at] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  private static byte[] spliced(byte[] input, int from, int to, byte[] middle) {
    byte[] result = Arrays.copyOf(input, from + middle.length + input.length - to);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(input, to, result, from + middle.length, input.length - to);
    return result;
  }
}
