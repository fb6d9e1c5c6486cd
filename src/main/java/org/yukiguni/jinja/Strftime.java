package org.yukiguni.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Python's {@code datetime.strftime} in the C locale. */
final class Strftime {
  private Strftime() {}

  static String format(String format, LocalDateTime time) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%' || at == format.length()) {
        text.append(c);
        continue;
      }
      boolean isUnpadded = format.charAt(at) == '-' && at + 1 < format.length();
      at += isUnpadded ? 1 : 0;
      char directive = format.charAt(at++);
      String pattern = pattern(directive);
      if (pattern == null) {
        text.append(directive == '%' ? "%" : "%" + directive);
        continue;
      }
      String part = DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
      text.append(isUnpadded ? part.replaceFirst("^0+(?=.)", "") : part);
    }
    return text.toString();
  }

  private static String pattern(char directive) {
    return switch (directive) {
      case 'Y' -> "uuuu";
      case 'y' -> "uu";
      case 'm' -> "MM";
      case 'd' -> "dd";
      case 'B' -> "MMMM";
      case 'b', 'h' -> "MMM";
      case 'A' -> "EEEE";
      case 'a' -> "EEE";
      case 'H' -> "HH";
      case 'I' -> "hh";
      case 'M' -> "mm";
      case 'S' -> "ss";
      case 'p' -> "a";
      case 'j' -> "DDD";
      case 'f' -> "SSSSSS";
      case 'F' -> "uuuu-MM-dd";
      case 'T' -> "HH:mm:ss";
      case 'c' -> "EEE MMM ppd HH:mm:ss uuuu";
      case 'x' -> "MM/dd/uu";
      case 'X' -> "HH:mm:ss";
      default -> null;
    };
  }
}
