package org.yukiguni.job;

import java.io.Serializable;
import java.util.List;
import org.yukiguni.engine.EarlyStopping;

/**
 * What to generate, as far as one source (a job or a model's {@code generation_config.json}) says
 * it, under Hugging Face's names. Every component is null when the source leaves it unset; {@link
 * GenerationResolver} merges the sources. What nobody sets is off.
 *
 * @param maxNewTokens most tokens to generate
 * @param maxLength most tokens of prompt and completion together
 * @param minNewTokens fewest tokens to generate
 * @param minLength fewest tokens of prompt and completion together
 * @param doSample draw from the distribution instead of taking the most probable token
 * @param temperature divides the logits
 * @param topK keep the k most probable tokens; 0 turns it off
 * @param topP keep the most probable tokens up to this mass; 1 turns it off
 * @param minP drop tokens less probable than this times the most probable one; 0 turns it off
 * @param typicalP keep the tokens nearest to the entropy up to this mass; 1 turns it off
 * @param epsilonCutoff drop tokens of probability below it; 0 turns it off
 * @param etaCutoff the same, lower where the entropy is high; 0 turns it off
 * @param repetitionPenalty of tokens seen before; 1 turns it off
 * @param repeatLastN tokens that the repetition penalty looks back; 0 and -1 are all
 * @param presencePenalty of tokens of the completion, once; 0 turns it off
 * @param frequencyPenalty of tokens of the completion, each time; 0 turns it off
 * @param noRepeatNgramSize no run of so many tokens comes twice; 0 turns it off
 * @param badWordsIds runs of tokens that must not come
 * @param suppressTokens never drawn
 * @param beginSuppressTokens never drawn first
 * @param forcedBosTokenId drawn first behind a prompt of one token
 * @param forcedEosTokenId drawn last where the length ends a completion
 * @param numReturnSequences completions per prompt
 * @param eosTokenId tokens that end a completion
 * @param padTokenId accepted because scripts set it; nothing is padded here
 * @param bosTokenId accepted because scripts set it; prompts get it by {@code add_special_tokens}
 * @param stopStrings texts that end a completion
 * @param seed of the random numbers
 * @param numBeams continuations followed at once; 1 turns the search off
 * @param lengthPenalty power of the length by which the score of a finished beam is divided
 * @param earlyStopping when a beam search ends
 * @param logprobs report the log-probability of each new token and of so many most probable ones
 */
public record GenerationSettings(
    @Key(min = 1, aliases = "max_tokens") Integer maxNewTokens,
    @Key(min = 1) Integer maxLength,
    @Key(min = 0, aliases = "min_tokens") Integer minNewTokens,
    @Key(min = 0) Integer minLength,
    Boolean doSample,
    @Key(above = 0, hint = "for greedy decoding set do_sample: false") Double temperature,
    @Key(min = 0, hint = "0 turns it off") Integer topK,
    @Key(min = 0, max = 1) Double topP,
    @Key(min = 0, max = 1) Double minP,
    @Key(above = 0, max = 1, aliases = "typical") Double typicalP,
    @Key(min = 0, max = 1) Double epsilonCutoff,
    @Key(min = 0, max = 1) Double etaCutoff,
    @Key(above = 0, aliases = "repeat_penalty") Double repetitionPenalty,
    @Key(min = -1, hint = "0 and -1 are all tokens") Integer repeatLastN,
    @Key(min = -2, max = 2) Double presencePenalty,
    @Key(min = -2, max = 2) Double frequencyPenalty,
    @Key(min = 0, hint = "0 turns it off") Integer noRepeatNgramSize,
    @Key(min = 0) List<List<Integer>> badWordsIds,
    @Key(min = 0) List<Integer> suppressTokens,
    @Key(min = 0) List<Integer> beginSuppressTokens,
    @Key(min = 0) Integer forcedBosTokenId,
    @Key(min = 0) List<Integer> forcedEosTokenId,
    @Key(min = 1, aliases = "n") Integer numReturnSequences,
    @Key(min = 0) List<Integer> eosTokenId,
    @Key(min = 0) Integer padTokenId,
    @Key(min = 0) Integer bosTokenId,
    @Key(aliases = "stop") List<String> stopStrings,
    Long seed,
    @Key(min = 1) Integer numBeams,
    Double lengthPenalty,
    EarlyStopping earlyStopping,
    @Key(min = 0, max = 1000) Integer logprobs)
    implements Serializable {
  public GenerationSettings {
    badWordsIds = badWordsIds == null ? null : badWordsIds.stream().map(List::copyOf).toList();
    suppressTokens = copy(suppressTokens);
    beginSuppressTokens = copy(beginSuppressTokens);
    forcedEosTokenId = copy(forcedEosTokenId);
    eosTokenId = copy(eosTokenId);
    stopStrings = copy(stopStrings);
  }

  private static <T> List<T> copy(List<T> list) {
    return list == null ? null : List.copyOf(list);
  }
}
