package org.yukiguni.engine;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * Tokens that must not or must come, under the names and with the meaning of Hugging Face's {@code
 * GenerationConfig} ({@code generation/logits_process.py} of transformers). They hold for greedy
 * decoding, too.
 *
 * @param noRepeatNgramSize no run of this many tokens comes twice in prompt and completion
 *     together; 1 bans every token seen, 0 turns it off
 * @param badWordsIds runs of tokens that must not come: the last one is banned where the others
 *     have just been, be it in the prompt. A single end-of-sequence token is ignored, as there
 * @param suppressTokens never drawn
 * @param beginSuppressTokens never drawn as the first new token, or as the second one behind {@code
 *     forcedBosTokenId}
 * @param forcedBosTokenId the only choice as the second token of prompt and completion together, so
 *     only for prompts of one token
 * @param forcedEosTokenIds the only choices as the last token that the length allows; empty turns
 *     it off
 */
public record Constraints(
    int noRepeatNgramSize,
    List<List<Integer>> badWordsIds,
    List<Integer> suppressTokens,
    List<Integer> beginSuppressTokens,
    OptionalInt forcedBosTokenId,
    List<Integer> forcedEosTokenIds) {

  /** Any token at any place. */
  public static final Constraints NONE =
      new Constraints(0, List.of(), List.of(), List.of(), OptionalInt.empty(), List.of());

  public Constraints {
    badWordsIds = badWordsIds.stream().map(List::copyOf).toList();
    suppressTokens = List.copyOf(suppressTokens);
    beginSuppressTokens = List.copyOf(beginSuppressTokens);
    forcedEosTokenIds = List.copyOf(forcedEosTokenIds);
    if (noRepeatNgramSize < 0) {
      throw new IllegalArgumentException(
          "no_repeat_ngram_size must be 0 (off) or more, not " + noRepeatNgramSize);
    }
    badWordsIds.forEach(word -> requireIds("bad_words_ids", word));
    if (badWordsIds.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("bad_words_ids must not hold an empty list");
    }
    requireIds("suppress_tokens", suppressTokens);
    requireIds("begin_suppress_tokens", beginSuppressTokens);
    requireIds("forced_eos_token_id", forcedEosTokenIds);
    List<Integer> bos =
        forcedBosTokenId.isPresent() ? List.of(forcedBosTokenId.getAsInt()) : List.of();
    requireIds("forced_bos_token_id", bos);
    requireSomeAllowed("forced_bos_token_id", bos, suppressTokens);
    requireSomeAllowed("forced_eos_token_id", forcedEosTokenIds, suppressTokens);
  }

  private static void requireIds(String name, List<Integer> ids) {
    for (int id : ids) {
      if (id < 0) {
        throw new IllegalArgumentException(name + " must hold ids of 0 or more, not " + id);
      }
    }
  }

  private static void requireSomeAllowed(
      String name, List<Integer> forced, List<Integer> suppressed) {
    if (!forced.isEmpty() && new HashSet<>(suppressed).containsAll(forced)) {
      throw new IllegalArgumentException(
          name + " must not be in suppress_tokens, which leaves no token to draw");
    }
  }

  /** Whether the first new token is the second of all and forced. */
  boolean forcesFirst(int promptTokens) {
    return forcedBosTokenId.isPresent() && promptTokens == 1;
  }
}
