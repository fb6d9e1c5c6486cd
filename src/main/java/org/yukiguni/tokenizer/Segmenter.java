package org.yukiguni.tokenizer;

/** Cuts normalised text into the pieces of a SentencePiece model. */
interface Segmenter {
  /** Appends the ids of a normalised text in UTF-8. */
  void segment(byte[] text, TokenBuffer out);

  /** The segmenter for a model's algorithm. */
  static Segmenter of(SentencePieceModel model) {
    return switch (model.algorithm()) {
      case UNIGRAM -> new UnigramSegmenter(model);
      case BPE -> new BpeSegmenter(model);
    };
  }
}
