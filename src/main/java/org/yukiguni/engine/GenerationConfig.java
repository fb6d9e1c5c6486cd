package org.yukiguni.engine;

import java.util.List;
import java.util.OptionalInt;

/**
 * What one request asks for, with nothing left unset: Hugging Face's {@code GenerationConfig} as
 * far as it is supported, under its names.
 *
 * @param sampling how a token is drawn
 * @param penalties what repeating costs
 * @param constraints tokens that must not or must come
 * @param maxNewTokens most tokens to generate; wins over {@code maxLength}. If both are empty, 20
 * @param maxLength most tokens of prompt and completion together
 * @param minNewTokens an end-of-sequence token cannot be drawn before this many new tokens; wins
 *     over {@code minLength}
 * @param minLength the same for prompt and completion together
 * @param numReturnSequences completions per prompt, at least 1
 * @param seed first part of the key of every random number (see {@link CounterRandom})
 * @param eosTokenIds tokens that end a completion; may be empty
 * @param stopStrings texts that end a completion as soon as they are complete in it; they stay in
 *     the text
 * @param beams how the completions are searched for, if they are not drawn one token at a time
 * @param logprobs how many of the most probable tokens to report beside each new one, with their
 *     log-probabilities; 0 reports those of the new ones only, empty none
 */
public record GenerationConfig(
    Sampling sampling,
    Penalties penalties,
    Constraints constraints,
    OptionalInt maxNewTokens,
    OptionalInt maxLength,
    int minNewTokens,
    int minLength,
    int numReturnSequences,
    long seed,
    List<Integer> eosTokenIds,
    List<String> stopStrings,
    Beams beams,
    OptionalInt logprobs) {

  /** New tokens when neither {@code max_new_tokens} nor {@code max_length} is set, as in HF. */
  public static final int DEFAULT_MAX_NEW_TOKENS = 20;

  public GenerationConfig {
    eosTokenIds = List.copyOf(eosTokenIds);
    stopStrings = List.copyOf(stopStrings);
    if (maxNewTokens.isPresent() && maxNewTokens.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "max_new_tokens must be 1 or more, not " + maxNewTokens.getAsInt());
    }
    if (maxLength.isPresent() && maxLength.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "max_length must be 1 or more, not " + maxLength.getAsInt());
    }
    if (minNewTokens < 0) {
      throw new IllegalArgumentException("min_new_tokens must be 0 or more, not " + minNewTokens);
    }
    if (minLength < 0) {
      throw new IllegalArgumentException("min_length must be 0 or more, not " + minLength);
    }
    if (numReturnSequences < 1) {
      throw new IllegalArgumentException(
          "num_return_sequences must be 1 or more, not " + numReturnSequences);
    }
    if (beams.isSearch() && sampling.doSample()) {
      throw new IllegalArgumentException(
          "num_beams " + beams.numBeams() + " is not supported with do_sample: true");
    }
    if (beams.isSearch() && numReturnSequences > beams.numBeams()) {
      throw new IllegalArgumentException(
          "num_return_sequences must be at most num_beams, "
              + beams.numBeams()
              + ", not "
              + numReturnSequences);
    }
    if (logprobs.orElse(0) < 0) {
      throw new IllegalArgumentException("logprobs must be 0 or more, not " + logprobs.getAsInt());
    }
    if (stopStrings.contains("")) {
      throw new IllegalArgumentException(
          "stop_strings must not hold an empty text, which would stop every completion at once");
    }
  }

  /**
   * Most new tokens for a prompt: the configured bound, and never beyond the model's context.
   *
   * @param promptTokens length of the prompt in tokens
   * @param contextLength most positions the model has
   * @return 0 or less when the prompt alone reaches the bound
   */
  public int maxNewTokens(int promptTokens, int contextLength) {
    int asked =
        maxNewTokens.isPresent()
            ? maxNewTokens.getAsInt()
            : maxLength.isPresent() ? maxLength.getAsInt() - promptTokens : DEFAULT_MAX_NEW_TOKENS;
    return Math.min(asked, contextLength - promptTokens);
  }

  /** How many sequences one prompt decodes at once. */
  public int sequencesPerPrompt() {
    return beams.isSearch() ? beams.numBeams() : numReturnSequences;
  }

  /** Fewest new tokens for a prompt of this many tokens. */
  public int minNewTokens(int promptTokens) {
    return minNewTokens > 0 ? minNewTokens : Math.max(0, minLength - promptTokens);
  }
}
