package org.yukiguni.job;

import java.io.Serializable;
import java.util.List;
import org.yukiguni.engine.EarlyStopping;

/**
 * What to generate, as far as one source (a job or a model's {@code generation_config.json}) says
 * it, under Hugging Face's names. Every component is null when the source leaves it unset; {@link
 * GenerationResolver} merges the sources.
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
 * @param repetitionPenalty of tokens seen before; 1 turns it off
 * @param numReturnSequences completions per prompt
 * @param eosTokenId tokens that end a completion
 * @param padTokenId accepted because scripts set it; nothing is padded here
 * @param bosTokenId accepted because scripts set it; prompts get it by {@code add_special_tokens}
 * @param stopStrings texts that end a completion
 * @param seed of the random numbers
 * @param numBeams continuations followed at once; 1 turns the search off
 * @param lengthPenalty power of the length by which the score of a finished beam is divided
 * @param earlyStopping when a beam search ends
 */
public record GenerationSettings(
    @Key(min = 1, aliases = "max_tokens") Integer maxNewTokens,
    @Key(min = 1) Integer maxLength,
    @Key(min = 0) Integer minNewTokens,
    @Key(min = 0) Integer minLength,
    Boolean doSample,
    @Key(above = 0, hint = "for greedy decoding set do_sample: false") Double temperature,
    @Key(min = 0, hint = "0 turns it off") Integer topK,
    @Key(min = 0, max = 1) Double topP,
    @Key(min = 0, max = 1) Double minP,
    @Key(above = 0) Double repetitionPenalty,
    @Key(min = 1, aliases = "n") Integer numReturnSequences,
    @Key(min = 0) List<Integer> eosTokenId,
    @Key(min = 0) Integer padTokenId,
    @Key(min = 0) Integer bosTokenId,
    @Key(aliases = "stop") List<String> stopStrings,
    Long seed,
    @Key(min = 1) Integer numBeams,
    Double lengthPenalty,
    EarlyStopping earlyStopping)
    implements Serializable {
  public GenerationSettings {
    eosTokenId = eosTokenId == null ? null : List.copyOf(eosTokenId);
    stopStrings = stopStrings == null ? null : List.copyOf(stopStrings);
  }
}
