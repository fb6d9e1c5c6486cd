package org.yukiguni.job;

import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time that something may take.
 *
 * @param seconds at least 1, or 0 for {@code none}
 */
public record TimeLimit(long seconds) implements Serializable {
  /** As long as it takes. */
  public static final TimeLimit NONE = new TimeLimit(0);

  static final String FORMS = "none, or a time such as 90s, 15m or 8h";

  private static final Pattern TIME = Pattern.compile("(\\d{1,9})([smh])");

  /**
   * Reads {@value #FORMS}.
   *
   * @throws IllegalArgumentException for any other text, and for no time at all
   */
  public static TimeLimit parse(String text) {
    if (text.equals("none")) {
      return NONE;
    }
    Matcher time = TIME.matcher(text.toLowerCase(Locale.ROOT));
    if (!time.matches() || Long.parseLong(time.group(1)) == 0) {
      throw new IllegalArgumentException("'" + text + "' is none of " + FORMS);
    }
    long unit =
        switch (time.group(2)) {
          case "s" -> 1;
          case "m" -> 60;
          default -> 3600;
        };
    return new TimeLimit(unit * Long.parseLong(time.group(1)));
  }

  /** Whether there is no limit. */
  public boolean isNone() {
    return seconds == 0;
  }

  /** Whether so many nanoseconds are more than it allows. */
  public boolean isOver(long nanos) {
    return !isNone() && nanos > seconds * 1_000_000_000L;
  }

  /** A form that {@link #parse} reads. */
  @Override
  public String toString() {
    return isNone() ? "none" : seconds + "s";
  }
}
