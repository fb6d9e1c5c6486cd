package org.yukiguni.tokenizer;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokenizer of one model: text to token ids and back.
 *
 * <p>All methods may be called from several threads at once. Texts are never truncated or padded. A
 * lone surrogate in a text counts as U+FFFD. Ids outside of the vocabulary decode to nothing, since
 * a model may have more output rows than its tokenizer has tokens.
 */
public sealed interface Tokenizer extends AutoCloseable
    permits JsonTokenizer, SentencePieceTokenizer {

  /**
   * Opens the tokenizer in a model folder: tokenizer.json if it is there, else the SentencePiece
   * model spiece.model or tokenizer.model, with tokenizer_config.json beside it.
   *
   * @throws TokenizerException if there is none, or if it is damaged or not supported
   */
  static Tokenizer open(Path modelFolder) {
    return TokenizerFolder.open(modelFolder);
  }

  /** The ids of a text without the special tokens that the model expects around it. */
  int[] encode(String text);

  /** The ids of a text with the special tokens that the model expects around it. */
  int[] encodeWithSpecialTokens(String text);

  /**
   * The text of some ids. Special tokens are kept as far as the reference shows them:
   * tokenizer.json shows their content, sentencepiece shows nothing for control pieces.
   */
  String decode(int[] ids);

  /** The text of some ids without the special ones. */
  String decodeSkippingSpecialTokens(int[] ids);

  /**
   * Decodes one sequence as it grows, without its special tokens.
   *
   * @param promptTokens the start of the sequence, whose text is not given back
   */
  IncrementalDecoder incrementalDecoder(int[] promptTokens);

  /**
   * Decodes one sequence as it grows, with every special token shown by its content, as stop
   * strings are matched against it.
   *
   * @param promptTokens the start of the sequence, whose text is not given back
   */
  IncrementalDecoder incrementalDecoderShowingSpecialTokens(int[] promptTokens);

  /** The number of ids: one more than the highest. */
  int vocabularySize();

  /** Whether an id is a special token, which {@link #decodeSkippingSpecialTokens} leaves out. */
  boolean isSpecialToken(int id);

  /** The ids of all special tokens, ascending. */
  int[] specialTokenIds();

  /** The id of {@code bos_token} in tokenizer_config.json; empty if there is none. */
  OptionalInt bosTokenId();

  /** The id of {@code eos_token} in tokenizer_config.json; empty if there is none. */
  OptionalInt eosTokenId();

  /** The id of {@code pad_token} in tokenizer_config.json; empty if there is none. */
  OptionalInt padTokenId();

  /** The special tokens that have a role, by its name such as {@code bos_token}. */
  Map<String, String> namedSpecialTokens();

  /** Gives back native memory; the tokenizer cannot be used afterwards. */
  @Override
  void close();
}
