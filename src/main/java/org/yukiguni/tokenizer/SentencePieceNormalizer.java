package org.yukiguni.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * sentencepiece's normaliser, {@code src/normalizer.cc}: character replacement, treatment of
 * blanks, and U+2581 for a blank. It works on UTF-8 and gives UTF-8.
 */
final class SentencePieceNormalizer {
  private static final byte[] BLANK = {' '};
  private static final byte[] BLANK_MARK = "\u2581".getBytes(StandardCharsets.UTF_8);

  private final SentencePieceModel.Normalization spec;
  private final CharsMap charsMap;
  private final ByteTrie userDefined;

  /**
   * Makes a normaliser.
   *
   * @param userDefined the pieces that no rule may touch
   */
  SentencePieceNormalizer(SentencePieceModel.Normalization spec, ByteTrie userDefined) {
    this.spec = spec;
    this.charsMap = spec.charsMap().length == 0 ? null : CharsMap.parse(spec.charsMap());
    this.userDefined = userDefined;
  }

  private SentencePieceNormalizer(
      SentencePieceModel.Normalization spec, CharsMap charsMap, ByteTrie userDefined) {
    this.spec = spec;
    this.charsMap = charsMap;
    this.userDefined = userDefined;
  }

  SentencePieceNormalizer withoutDummyPrefix() {
    return new SentencePieceNormalizer(spec.withoutDummyPrefix(), charsMap, userDefined);
  }

  byte[] normalize(byte[] text) {
    Cursor cursor = new Cursor(text);
    if (spec.removeExtraWhitespaces()) {
      cursor.skipBlanks();
    }
    if (cursor.atEnd()) {
      return new byte[0];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 16);
    if (spec.addDummyPrefix() && !spec.whitespaceAsSuffix()) {
      out.writeBytes(BLANK_MARK);
    }
    boolean afterBlank = spec.removeExtraWhitespaces();
    while (!cursor.atEnd()) {
      byte[] part = cursor.next();
      int start = afterBlank ? leadingBlanks(part) : 0;
      if (start < part.length) {
        append(part, start, out);
        afterBlank = part[part.length - 1] == ' ';
      }
      afterBlank &= spec.removeExtraWhitespaces();
    }
    byte[] normalized = out.toByteArray();
    if (spec.removeExtraWhitespaces()) {
      normalized = withoutTrailingMarks(normalized);
    }
    return spec.whitespaceAsSuffix() && spec.addDummyPrefix() ? withMark(normalized) : normalized;
  }

  private static int leadingBlanks(byte[] part) {
    int count = 0;
    while (count < part.length && part[count] == ' ') {
      count++;
    }
    return count;
  }

  private static void append(byte[] part, int start, ByteArrayOutputStream out) {
    for (int i = start; i < part.length; i++) {
      if (part[i] == ' ') {
        out.writeBytes(BLANK_MARK);
      } else {
        out.write(part[i]);
      }
    }
  }

  private static byte[] withoutTrailingMarks(byte[] text) {
    int end = text.length;
    int mark = BLANK_MARK.length;
    while (end >= mark && Arrays.equals(text, end - mark, end, BLANK_MARK, 0, mark)) {
      end -= mark;
    }
    return Arrays.copyOf(text, end);
  }

  private static byte[] withMark(byte[] text) {
    byte[] result = Arrays.copyOf(text, text.length + BLANK_MARK.length);
    System.arraycopy(BLANK_MARK, 0, result, text.length, BLANK_MARK.length);
    return result;
  }

  /** Walks over a text, one replacement at a time. */
  private final class Cursor {
    private final byte[] text;
    private int at;

    Cursor(byte[] text) {
      this.text = text;
    }

    boolean atEnd() {
      return at >= text.length;
    }

    byte[] next() {
      int length = userDefined.longestMatch(text, at);
      if (length == 0 && charsMap != null) {
        long rule = charsMap.longest(text, at);
        if (rule != 0) {
          at += (int) (rule >>> 32);
          return charsMap.replacement((int) rule);
        }
      }
      int end = at + (length > 0 ? length : Utf8.lengthAt(text, at));
      byte[] part = Arrays.copyOfRange(text, at, end);
      at = end;
      return part;
    }

    void skipBlanks() {
      while (!atEnd()) {
        int before = at;
        if (!Arrays.equals(next(), BLANK)) {
          at = before;
          return;
        }
      }
    }
  }
}
