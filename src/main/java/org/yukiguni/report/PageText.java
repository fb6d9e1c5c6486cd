package org.yukiguni.report;

/**
 * Texts that nobody has vouched for, on a page. The template escapes them; this makes what a reader
 * would not see visible, and keeps the page small.
 */
final class PageText {
  private static final int MAX_CHARS = 2_000;
  private static final int CONTROL_PICTURES = 0x2400;

  private PageText() {}

  /**
   * The text with control characters as their pictures (U+2400 and on) and with controls of writing
   * direction and invisible characters spelt out, cut after 2,000 characters. Tabs and line feeds
   * stay.
   */
  static String of(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().limit(MAX_CHARS).forEach(c -> append(shown, c));
    int hidden = Math.max(0, text.codePointCount(0, text.length()) - MAX_CHARS);
    return hidden == 0
        ? shown.toString()
        : shown.append(" … and %,d more characters".formatted(hidden)).toString();
  }

  private static void append(StringBuilder shown, int c) {
    if (c == '\n' || c == '\t') {
      shown.append((char) c);
    } else if (c < ' ') {
      shown.append((char) (CONTROL_PICTURES + c));
    } else if (Character.isISOControl(c) || TerminalText.turnsTheLine(c) || TerminalText.hides(c)) {
      shown.append("[U+%04X]".formatted(c));
    } else if (Character.getType(c) == Character.SURROGATE) {
      shown.append('\uFFFD');
    } else {
      shown.appendCodePoint(c);
    }
  }
}
