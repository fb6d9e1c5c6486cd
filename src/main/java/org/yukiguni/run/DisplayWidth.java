package org.yukiguni.run;

/** How many columns a text takes on a terminal: two for each wide (East Asian) character. */
final class DisplayWidth {
  private DisplayWidth() {}

  /** Columns of one code point: 0 for a combining mark, 2 if wide, else 1. */
  static int of(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    return isWide(codePoint) ? 2 : 1;
  }

  static int of(String text) {
    return text.codePoints().map(DisplayWidth::of).sum();
  }

  /** The text on one line, cut to a width with an ellipsis if it is too long. */
  static String cut(String text, int width) {
    String line = oneLine(text);
    if (of(line) <= width) {
      return line;
    }
    StringBuilder cut = new StringBuilder();
    int left = width - 1;
    for (int c : line.codePoints().toArray()) {
      left -= of(c);
      if (left < 0) {
        break;
      }
      cut.appendCodePoint(c);
    }
    return cut.append('…').toString();
  }

  /** The text with blanks behind it up to a width. */
  static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - of(text)));
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.isWhitespace(c) ? ' ' : c)
        .forEach(line::appendCodePoint);
    return line.toString().replaceAll(" {2,}", " ").strip();
  }

  /** The blocks that Unicode's EastAsianWidth.txt has as W or F, and emoji. */
  private static boolean isWide(int c) {
    return (c >= 0x1100 && c <= 0x115F)
        || (c >= 0x2E80 && c <= 0x303E)
        || (c >= 0x3041 && c <= 0x33FF)
        || (c >= 0x3400 && c <= 0x4DBF)
        || (c >= 0x4E00 && c <= 0x9FFF)
        || (c >= 0xA000 && c <= 0xA4CF)
        || (c >= 0xAC00 && c <= 0xD7A3)
        || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0xFE30 && c <= 0xFE6F)
        || (c >= 0xFF01 && c <= 0xFF60)
        || (c >= 0xFFE0 && c <= 0xFFE6)
        || (c >= 0x1F300 && c <= 0x1FAFF)
        || (c >= 0x20000 && c <= 0x3FFFD);
  }
}
