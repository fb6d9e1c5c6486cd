package org.yukiguni.report;

import org.jline.utils.WCWidth;

/**
 * Texts that nobody has vouched for, on a terminal: nothing in them moves the cursor, changes a
 * colour, turns the line around or hides, and East Asian characters count as the two columns they
 * take.
 */
public final class TerminalText {
  private static final int REPLACEMENT = 0xFFFD;
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  /** Of characters for each column: marks that take none could go on for ever. */
  private static final int MOST_PER_COLUMN = 4;

  private TerminalText() {}

  /** Columns that a text takes. */
  public static int width(String text) {
    return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
  }

  /** The text on one line, cut to a width with an ellipsis if it is too long. */
  public static String cut(String text, int width) {
    return clip(oneLine(text), width);
  }

  /** A harmless line, cut to a width with an ellipsis if it is too long. */
  public static String clip(String line, int width) {
    int most = MOST_PER_COLUMN * width;
    if (width(line) <= width && line.length() <= most) {
      return line;
    }
    StringBuilder cut = new StringBuilder();
    int left = width - 1;
    for (int c : line.codePoints().limit(most).toArray()) {
      left -= Math.max(0, WCWidth.wcwidth(c));
      if (left < 0) {
        break;
      }
      cut.appendCodePoint(c);
    }
    return cut.append('…').toString();
  }

  /** The text with blanks behind it up to a width. */
  public static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - width(text)));
  }

  /** The text with blanks before it up to a width. */
  public static String padLeft(String text, int width) {
    return " ".repeat(Math.max(0, width - width(text))) + text;
  }

  /** The text without line breaks and without what a terminal would obey. */
  public static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints().map(TerminalText::harmless).forEach(line::appendCodePoint);
    return line.toString().replaceAll(" {2,}", " ").strip();
  }

  /** As {@link #oneLine}, but line breaks stay. */
  public static String lines(String text) {
    StringBuilder lines = new StringBuilder();
    text.codePoints().map(c -> c == '\n' ? c : harmless(c)).forEach(lines::appendCodePoint);
    return lines.toString();
  }

  /**
   * A JSON document that says the same, with what a terminal would obey, and what nobody would see,
   * as escapes; writers of JSON escape those of ASCII only.
   */
  public static String json(String document) {
    StringBuilder json = new StringBuilder();
    document
        .codePoints()
        .forEach(
            c -> {
              if (c < ' ' || harmless(c) == c || c == ' ') {
                json.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  json.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return json.toString();
  }

  private static int harmless(int c) {
    if (Character.isISOControl(c) || Character.isWhitespace(c)) {
      return ' ';
    }
    return Character.getType(c) == Character.SURROGATE || turnsTheLine(c) || hides(c)
        ? REPLACEMENT
        : c;
  }

  /**
   * Unicode's format characters that nobody sees, tags among them, other than the joiners that
   * scripts and emoji need and the visible signs of Arabic and Syriac.
   */
  static boolean hides(int c) {
    return Character.getType(c) == Character.FORMAT
        && c != ZERO_WIDTH_NON_JOINER
        && c != ZERO_WIDTH_JOINER
        && (c < 0x600 || c > 0x8FF);
  }

  /** Unicode's controls of writing direction: marks, embeddings, overrides and isolates. */
  static boolean turnsTheLine(int c) {
    return c == 0x061C
        || c == 0x200E
        || c == 0x200F
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
