package org.yukiguni.tokenizer;

import java.nio.charset.StandardCharsets;

/** Turns a text with special tokens into ids, fragment by fragment. */
abstract class FragmentEncoder {
  private static final char BLANK_MARK = '\u2581';

  private final SentencePieceNormalizer normalizer;
  private final Segmenter segmenter;

  private FragmentEncoder(SentencePieceNormalizer normalizer, Segmenter segmenter) {
    this.normalizer = normalizer;
    this.segmenter = segmenter;
  }

  /** Every fragment is a text of its own to sentencepiece: transformers' {@code legacy=True}. */
  static FragmentEncoder of(SentencePieceModel model) {
    return new Separate(normalizer(model), Segmenter.of(model));
  }

  /**
   * One blank before the whole text and none behind special tokens: {@code legacy=False} of
   * transformers 4's {@code tokenization_t5.py}.
   *
   * @param unknownToken the text that is put before a fragment and cut off its ids again, so that
   *     sentencepiece does not take the fragment's blank for a dummy prefix
   */
  static FragmentEncoder prefixedOnce(SentencePieceModel model, String unknownToken) {
    int blank = model.trieOf(SentencePiece.Type.NORMAL).find(mark(), 0, mark().length);
    return new PrefixedOnce(
        normalizer(model).withoutDummyPrefix(), Segmenter.of(model), unknownToken, blank);
  }

  private static byte[] mark() {
    return String.valueOf(BLANK_MARK).getBytes(StandardCharsets.UTF_8);
  }

  private static SentencePieceNormalizer normalizer(SentencePieceModel model) {
    return new SentencePieceNormalizer(
        model.normalization(), model.trieOf(SentencePiece.Type.USER_DEFINED));
  }

  /** The ids of a whole text. */
  abstract int[] encode(String text, SpecialTokens special);

  final void sentencePiece(String text, TokenBuffer out) {
    segmenter.segment(normalizer.normalize(text.getBytes(StandardCharsets.UTF_8)), out);
  }

  private static final class Separate extends FragmentEncoder {
    Separate(SentencePieceNormalizer normalizer, Segmenter segmenter) {
      super(normalizer, segmenter);
    }

    @Override
    int[] encode(String text, SpecialTokens special) {
      TokenBuffer out = new TokenBuffer();
      special.split(text, fragment -> sentencePiece(fragment, out), out::add);
      return out.toArray();
    }
  }

  private static final class PrefixedOnce extends FragmentEncoder {
    private final String unknownToken;
    private final int unknownTokenLength;
    private final int blank;

    PrefixedOnce(
        SentencePieceNormalizer normalizer, Segmenter segmenter, String unknownToken, int blank) {
      super(normalizer, segmenter);
      this.unknownToken = unknownToken;
      this.blank = blank;
      TokenBuffer ids = new TokenBuffer();
      sentencePiece(unknownToken, ids);
      this.unknownTokenLength = ids.size();
    }

    @Override
    int[] encode(String text, SpecialTokens special) {
      TokenBuffer out = new TokenBuffer();
      if (!text.isEmpty()) {
        special.split(
            BLANK_MARK + text.replace(BLANK_MARK, ' '),
            fragment -> fragment(fragment, out),
            id -> {
              if (out.size() == 1 && out.get(0) == blank && special.isSpecial(id)) {
                out.dropFirst(1);
              }
              out.add(id);
            });
      }
      return out.toArray();
    }

    private void fragment(String fragment, TokenBuffer out) {
      if (fragment.charAt(0) != BLANK_MARK && fragment.charAt(0) != ' ') {
        sentencePiece(fragment, out);
        return;
      }
      TokenBuffer ids = new TokenBuffer();
      sentencePiece(unknownToken + fragment, ids);
      ids.dropFirst(Math.min(ids.size(), unknownTokenLength));
      out.addAll(ids.toArray());
    }
  }
}
