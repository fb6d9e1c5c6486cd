package org.yukiguni.tokenizer;

/**
 * One entry of a SentencePiece vocabulary; its id is its place.
 *
 * @param text the piece, with U+2581 for a blank
 * @param score its log probability (unigram) or minus its merge rank (BPE)
 */
record SentencePiece(String text, float score, Type type) {

  /** The types of sentencepiece's {@code src/sentencepiece_model.proto}, by number from 1. */
  enum Type {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /**
   * The byte that a piece such as {@code <0x0A>} stands for, in SentencePiece models and in
   * tokenizer.json.
   *
   * @return 0 to 255, or -1 if the text has another form
   */
  static int byteValue(String text) {
    if (text.length() != 6 || !text.startsWith("<0x") || !text.endsWith(">")) {
      return -1;
    }
    int high = Character.digit(text.charAt(3), 16);
    int low = Character.digit(text.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : 16 * high + low;
  }
}
