package org.yukiguni.tokenizer;

/**
 * What becomes of text without a piece: the pieces of its bytes if the model has them, else one
 * unknown piece for every run of such characters. Source: {@code PopulateSentencePieceText} in
 * sentencepiece's {@code src/sentencepiece_processor.cc}.
 */
final class UnknownPieces {
  private final int unknownId;
  private final boolean byteFallback;
  private final int[] byteIds;

  UnknownPieces(SentencePieceModel model) {
    this.unknownId = model.unknownId();
    this.byteFallback = model.byteFallback();
    this.byteIds = model.byteIds();
  }

  int id() {
    return unknownId;
  }

  /** Starts writing the pieces of one text. */
  Writer writer(byte[] text, TokenBuffer out) {
    return new Writer(text, out);
  }

  /** Appends the pieces of one text, from its start to its end. */
  final class Writer {
    private final byte[] text;
    private final TokenBuffer out;
    private boolean inUnknown;

    private Writer(byte[] text, TokenBuffer out) {
      this.text = text;
      this.out = out;
    }

    void known(int id) {
      inUnknown = false;
      out.add(id);
    }

    void unknown(int from, int to) {
      if (byteFallback) {
        for (int i = from; i < to; i++) {
          out.add(byteIds[text[i] & 0xFF]);
        }
      } else if (!inUnknown) {
        out.add(unknownId);
      }
      inUnknown = true;
    }
  }
}
