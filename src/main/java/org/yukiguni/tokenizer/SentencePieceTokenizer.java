package org.yukiguni.tokenizer;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A tokenizer over a SentencePiece model, with the ids of transformers' slow tokenizers: the text
 * is cut at special tokens, every remaining fragment goes through sentencepiece on its own.
 *
 * <p>Decoding is sentencepiece's, not that of the slow tokenizers, which also trims the text and
 * puts blanks before special tokens.
 *
 * <p>Immutable after it is made.
 */
final class SentencePieceTokenizer implements Tokenizer {
  private final SentencePieceModel model;
  private final SpecialTokens special;
  private final FragmentEncoder fragments;
  private final boolean lowerCases;
  private final int[] prefix;
  private final int[] suffix;

  private SentencePieceTokenizer(
      SentencePieceModel model,
      SpecialTokens special,
      FragmentEncoder fragments,
      boolean lowerCases,
      int[] prefix,
      int[] suffix) {
    this.model = model;
    this.special = special;
    this.fragments = fragments;
    this.lowerCases = lowerCases;
    this.prefix = prefix;
    this.suffix = suffix;
  }

  /**
   * The tokenizer that {@code T5Tokenizer(use_fast=False)} makes: {@code </s>} behind the text,
   * always, even behind one that ends in it.
   */
  static Tokenizer t5(SentencePieceModel model, TokenizerConfig config) {
    SpecialTokens special =
        new SpecialTokens(
            model.pieces(),
            config,
            Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>"));
    FragmentEncoder fragments =
        config.legacy().orElse(true)
            ? FragmentEncoder.of(model)
            : FragmentEncoder.prefixedOnce(
                model, special.named("unk_token").orElseThrow().content());
    return new SentencePieceTokenizer(
        model,
        special,
        fragments,
        config.lowerCases(),
        new int[0],
        new int[] {special.idOf("eos_token").orElseThrow()});
  }

  /**
   * The tokenizer that {@code LlamaTokenizer} makes: {@code <s>} before the text unless {@code
   * add_bos_token} is false.
   *
   * <p>{@code legacy} makes no difference here. In transformers it changes what follows a special
   * token inside the text, differently in every version; the common ground is sentencepiece itself.
   */
  static Tokenizer llama(SentencePieceModel model, TokenizerConfig config) {
    SpecialTokens special =
        new SpecialTokens(
            model.pieces(),
            config,
            Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"));
    return new SentencePieceTokenizer(
        model,
        special,
        FragmentEncoder.of(model),
        config.lowerCases(),
        config.addBosToken().orElse(true)
            ? new int[] {special.idOf("bos_token").orElseThrow()}
            : new int[0],
        config.addEosToken().orElse(false)
            ? new int[] {special.idOf("eos_token").orElseThrow()}
            : new int[0]);
  }

  @Override
  public int[] encode(String text) {
    TokenBuffer out = new TokenBuffer();
    encode(text, out);
    return out.toArray();
  }

  @Override
  public int[] encodeWithSpecialTokens(String text) {
    TokenBuffer out = new TokenBuffer();
    out.addAll(prefix);
    encode(text, out);
    out.addAll(suffix);
    return out.toArray();
  }

  private void encode(String text, TokenBuffer out) {
    String clean = Utf8.withoutLoneSurrogates(text);
    out.addAll(fragments.encode(lowerCases ? lowerCase(clean) : clean, special));
  }

  /**
   * Lower-cases code point by code point outside of special tokens, as the slow tokenizers do; a
   * whole string would be lower-cased by its context, such as a final sigma.
   */
  private String lowerCase(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    special.split(
        text,
        fragment ->
            fragment
                .codePoints()
                .forEach(c -> lower.append(Character.toString(c).toLowerCase(Locale.ROOT))),
        id -> lower.append(special.withId(id).orElseThrow().content()));
    return lower.toString();
  }

  @Override
  public String decode(int[] ids) {
    return decode(ids, SpecialTokenMode.DECODED);
  }

  @Override
  public String decodeSkippingSpecialTokens(int[] ids) {
    return decode(ids, SpecialTokenMode.SKIPPED);
  }

  private String decode(int[] ids, SpecialTokenMode mode) {
    IncrementalDecoder decoder = new SentencePieceDecoder(model, special, mode);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.accept(id));
    }
    return text.append(decoder.pending()).toString();
  }

  @Override
  public IncrementalDecoder incrementalDecoder(int[] promptTokens) {
    return decoderAfter(promptTokens, SpecialTokenMode.SKIPPED);
  }

  @Override
  public IncrementalDecoder incrementalDecoderShowingSpecialTokens(int[] promptTokens) {
    return decoderAfter(promptTokens, SpecialTokenMode.LITERAL);
  }

  private IncrementalDecoder decoderAfter(int[] promptTokens, SpecialTokenMode mode) {
    SentencePieceDecoder decoder = new SentencePieceDecoder(model, special, mode);
    for (int id : promptTokens) {
      decoder.accept(id);
    }
    return decoder;
  }

  @Override
  public int vocabularySize() {
    return special.vocabularySize();
  }

  @Override
  public boolean isSpecialToken(int id) {
    return special.isSpecial(id);
  }

  @Override
  public int[] specialTokenIds() {
    return special.specialIds();
  }

  @Override
  public OptionalInt bosTokenId() {
    return special.idOf("bos_token");
  }

  @Override
  public OptionalInt eosTokenId() {
    return special.idOf("eos_token");
  }

  @Override
  public OptionalInt padTokenId() {
    return special.idOf("pad_token");
  }

  @Override
  public Map<String, String> namedSpecialTokens() {
    return special.namedTexts();
  }

  @Override
  public void close() {}
}
