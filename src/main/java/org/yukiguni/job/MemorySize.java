package org.yukiguni.job;

import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory that the job states or leaves to the program.
 *
 * @param bytes at least 1, or 0 for {@code auto}
 */
public record MemorySize(long bytes) implements Serializable {
  /** Left to the program. */
  public static final MemorySize AUTO = new MemorySize(0);

  static final String FORMS = "auto, a number of bytes, or a size such as 512m or 2g";

  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmgt]?)b?");

  /**
   * Reads {@value #FORMS}; the units are powers of 1024.
   *
   * @throws IllegalArgumentException for any other text, and for nothing or more than a long holds
   */
  public static MemorySize parse(String text) {
    if (text.equals("auto")) {
      return AUTO;
    }
    Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw new IllegalArgumentException("'" + text + "' is none of " + FORMS);
    }
    int shift = size.group(2).isEmpty() ? 0 : 10 * (1 + "kmgt".indexOf(size.group(2)));
    long number = Long.parseLong(size.group(1));
    if (number == 0 || number > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException("'" + text + "' is not an amount of memory");
    }
    return new MemorySize(number << shift);
  }

  /** Whether the program chooses. */
  public boolean isAuto() {
    return bytes == 0;
  }

  /** The stated bytes, or the program's choice. */
  public long orElse(long choice) {
    return isAuto() ? choice : bytes;
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    return isAuto() ? "auto" : Long.toString(bytes);
  }
}
