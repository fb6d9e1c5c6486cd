package org.yukiguni.tokenizer;

/** UTF-8 by hand, where what exactly happens to malformed input matters. */
final class Utf8 {
  static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  /** The number of bytes that a first byte announces, at least 1 whatever the byte. */
  static int length(byte first) {
    int unsigned = first & 0xFF;
    return unsigned < 0xC0 ? 1 : unsigned < 0xE0 ? 2 : unsigned < 0xF0 ? 3 : 4;
  }

  /** The number of bytes of the character that starts at an offset, cut at the end of the text. */
  static int lengthAt(byte[] text, int offset) {
    return Math.min(length(text[offset]), text.length - offset);
  }

  /** Whether a byte can only continue a character. */
  static boolean continues(byte value) {
    return (value & 0xC0) == 0x80;
  }

  /**
   * The code point in the first bytes of an array, whose length {@link #length} has announced.
   *
   * @return -1 if they are not one well-formed character
   */
  static int codePoint(byte[] bytes, int length) {
    int first = bytes[0] & 0xFF;
    int codePoint =
        switch (length) {
          case 1 -> first < 0x80 ? first : -1;
          case 2 -> first & 0x1F;
          case 3 -> first & 0x0F;
          default -> first < 0xF8 ? first & 0x07 : -1;
        };
    for (int i = 1; i < length && codePoint >= 0; i++) {
      codePoint = continues(bytes[i]) ? (codePoint << 6) | (bytes[i] & 0x3F) : -1;
    }
    int least = length == 1 ? 0 : length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
    return codePoint < least || surrogate || codePoint > 0x10FFFF ? -1 : codePoint;
  }

  /** A text with every surrogate that has no partner replaced, so that it has a UTF-8 form. */
  static String withoutLoneSurrogates(String text) {
    int i = 0;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      if (isSurrogate(codePoint)) {
        StringBuilder clean = new StringBuilder(text.length()).append(text, 0, i);
        text.substring(i)
            .codePoints()
            .forEach(c -> clean.appendCodePoint(isSurrogate(c) ? REPLACEMENT : c));
        return clean.toString();
      }
      i += Character.charCount(codePoint);
    }
    return text;
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
