package org.yukiguni.jinja;

/**
 * What one rendering may still spend: a unit for every step and for every character and element
 * that is made. A strange template can therefore neither run nor grow for long.
 */
final class Budget {
  /** Well over any template in use; a second or so of computing. */
  private static final long UNITS = 20_000_000;

  /** Templates copy a long conversation several times over. */
  private static final long UNITS_PER_INPUT_CHAR = 200;

  private static final int CHARS_READ_PER_UNIT = 8;
  private static final int MAX_CALLS = 50;

  private long left;
  private int calls;

  /** A budget for an input of this many characters. */
  Budget(long inputChars) {
    left = UNITS + UNITS_PER_INPUT_CHAR * inputChars;
  }

  void step() {
    spend(1);
  }

  /** Spends units before something of that size is made. */
  void spend(long units) {
    left -= units;
    if (left < 0) {
      throw new TemplateException("the template computes too long or writes too much");
    }
  }

  /** A text that was just made. */
  String made(String text) {
    spend(text.length());
    return text;
  }

  /** A value that is about to be looked at as a whole, if it is a text; reading is cheap. */
  void read(Object value) {
    if (value instanceof String text) {
      spend(text.length() / CHARS_READ_PER_UNIT);
    }
  }

  void enterCall() {
    calls++;
    if (calls > MAX_CALLS) {
      throw new TemplateException("macros call each other more than " + MAX_CALLS + " deep");
    }
  }

  void leaveCall() {
    calls--;
  }
}
