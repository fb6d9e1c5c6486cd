package org.yukiguni.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How numbers are written, the same wherever a person reads them. */
public final class Figures {
  private Figures() {}

  /** With commas between thousands. */
  public static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** With one digit after the point. */
  public static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%,.1f", perSecond);
  }

  /** A share from 0 to 1 in per cent. */
  public static String share(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  /** Three digits that count, without an exponent, or a dash. */
  static String money(Double amount) {
    return amount == null
        ? "-"
        : BigDecimal.valueOf(amount).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }

  /** Milliseconds, as seconds from ten thousand on. */
  static String millis(double ms) {
    return ms < 10_000
        ? String.format(Locale.ROOT, "%,.0f ms", ms)
        : String.format(Locale.ROOT, "%,.1f s", ms / 1000);
  }

  /** Seconds, as hours, minutes and seconds from two minutes on. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    return seconds < 120
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
  }

  static String percentiles(Map<String, Double> ms) {
    return ms.isEmpty()
        ? "-"
        : ms.entrySet().stream()
            .map(e -> e.getKey() + " " + millis(e.getValue()))
            .collect(Collectors.joining(", "));
  }

  static String counts(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(e -> e.getKey() + " " + number(e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
