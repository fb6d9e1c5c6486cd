package org.yukiguni.tokenizer;

/**
 * Puts characters together from single bytes; every byte that does not start a well-formed
 * character becomes one U+FFFD, as in sentencepiece's {@code src/sentencepiece_processor.cc}.
 */
final class Utf8Assembler {
  private final byte[] waiting = new byte[4];
  private int count;
  private boolean malformed;

  /** Takes a byte and writes the characters that are now certain. */
  void add(byte value, StringBuilder out) {
    waiting[count++] = value;
    while (count > 0) {
      int length = Utf8.length(waiting[0]);
      int arrived = Math.min(count, length);
      if (wellFormedSoFar(arrived)) {
        if (arrived < length) {
          return;
        }
        int codePoint = Utf8.codePoint(waiting, length);
        if (codePoint >= 0) {
          out.appendCodePoint(codePoint);
          drop(length);
          continue;
        }
      }
      replaceFirst(out);
    }
  }

  /** Ends the run of bytes: what still waits is no character. */
  void end(StringBuilder out) {
    while (count > 0) {
      replaceFirst(out);
    }
  }

  /** The bytes that wait for the rest of their character, at most 3. */
  int waitingBytes() {
    return count;
  }

  /** Whether any byte has been replaced. */
  boolean isMalformed() {
    return malformed;
  }

  Utf8Assembler copy() {
    Utf8Assembler copy = new Utf8Assembler();
    System.arraycopy(waiting, 0, copy.waiting, 0, count);
    copy.count = count;
    copy.malformed = malformed;
    return copy;
  }

  private boolean wellFormedSoFar(int arrived) {
    int first = waiting[0] & 0xFF;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4) {
      return false;
    }
    for (int i = 1; i < arrived; i++) {
      if (!Utf8.continues(waiting[i])) {
        return false;
      }
    }
    return true;
  }

  private void replaceFirst(StringBuilder out) {
    malformed = true;
    out.append(Utf8.REPLACEMENT);
    drop(1);
  }

  private void drop(int bytes) {
    System.arraycopy(waiting, bytes, waiting, 0, count - bytes);
    count -= bytes;
  }
}
