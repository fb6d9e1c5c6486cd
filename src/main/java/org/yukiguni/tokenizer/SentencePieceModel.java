package org.yukiguni.tokenizer;

import java.util.List;

/**
 * What a SentencePiece model file says, checked; names and defaults are those of sentencepiece's
 * {@code src/sentencepiece_model.proto}.
 *
 * @param pieces the vocabulary, in order of ids
 * @param algorithm how text is cut into pieces
 * @param byteFallback whether unknown characters become the pieces of their UTF-8 bytes
 * @param unknownSurface what the unknown piece decodes to
 * @param normalization how text is normalised before it is cut
 */
record SentencePieceModel(
    List<SentencePiece> pieces,
    Algorithm algorithm,
    boolean byteFallback,
    String unknownSurface,
    Normalization normalization) {

  /** The {@code model_type}s that are supported. */
  enum Algorithm {
    UNIGRAM,
    BPE
  }

  /**
   * The {@code NormalizerSpec}.
   *
   * @param charsMap the compiled replacement rules, empty when there are none
   * @param addDummyPrefix whether a blank is put before the text
   * @param removeExtraWhitespaces whether leading, trailing and repeated blanks are removed
   * @param whitespaceAsSuffix whether the dummy blank goes behind the text instead
   */
  record Normalization(
      byte[] charsMap,
      boolean addDummyPrefix,
      boolean removeExtraWhitespaces,
      boolean whitespaceAsSuffix) {
    Normalization withoutDummyPrefix() {
      return new Normalization(charsMap, false, removeExtraWhitespaces, whitespaceAsSuffix);
    }
  }

  /** The id of the one piece of type UNKNOWN. */
  int unknownId() {
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).type() == SentencePiece.Type.UNKNOWN) {
        return id;
      }
    }
    throw new IllegalStateException("the reader lets no model without an unknown piece pass");
  }

  /** The ids of the pieces of the 256 bytes. */
  int[] byteIds() {
    int[] ids = new int[256];
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).type() == SentencePiece.Type.BYTE) {
        ids[SentencePiece.byteValue(pieces.get(id).text())] = id;
      }
    }
    return ids;
  }

  /** The trie of the pieces of some types, by their UTF-8 bytes. */
  ByteTrie trieOf(SentencePiece.Type... types) {
    ByteTrie trie = new ByteTrie();
    for (int id = 0; id < pieces.size(); id++) {
      if (List.of(types).contains(pieces.get(id).type())) {
        trie.put(pieces.get(id).text(), id);
      }
    }
    return trie;
  }
}
