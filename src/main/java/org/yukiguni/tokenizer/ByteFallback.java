package org.yukiguni.tokenizer;

import java.util.Map;

/**
 * How the decoder of a tokenizer.json reads byte tokens such as {@code <0x0A>}.
 *
 * @param tokens the bytes by id; empty if the decoder knows none
 * @param stripsLeadingBlank whether a blank at the start of the sequence is taken away
 */
record ByteFallback(Map<Integer, Byte> tokens, boolean stripsLeadingBlank) {

  boolean isNone() {
    return tokens.isEmpty();
  }

  /**
   * A run of byte tokens whose end has not come. tokenizers reads a whole run as U+FFFD, one for
   * each token, unless all of it is UTF-8.
   */
  static final class Run {
    private final boolean stripsBlank;
    private final StringBuilder text = new StringBuilder();
    private final Utf8Assembler bytes;
    private int length;

    private Run(boolean stripsBlank, Utf8Assembler bytes) {
      this.stripsBlank = stripsBlank;
      this.bytes = bytes;
    }

    void add(byte value) {
      length++;
      bytes.add(value, text);
    }

    /** The number of tokens. */
    int length() {
      return length;
    }

    /** The last chars of what the run reads as if it ends here. */
    String tail(int maxChars) {
      if (bytes.isMalformed() || bytes.waitingBytes() > 0) {
        return String.valueOf(Utf8.REPLACEMENT).repeat(Math.min(length, maxChars));
      }
      int start = stripsBlank && text.length() > 0 && text.charAt(0) == ' ' ? 1 : 0;
      return text.substring(Math.max(start, text.length() - maxChars));
    }

    Run copy() {
      Run copy = new Run(stripsBlank, bytes.copy());
      copy.text.append(text);
      copy.length = length;
      return copy;
    }
  }

  /** Begins a run at the start of the sequence. */
  Run firstRun() {
    return new Run(stripsLeadingBlank, new Utf8Assembler());
  }

  /** Begins a run behind other tokens. */
  Run laterRun() {
    return new Run(false, new Utf8Assembler());
  }
}
