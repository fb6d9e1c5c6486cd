package org.yukiguni.engine;

import java.util.List;

/**
 * What a step drew, in the order of {@link Step#samples}, and what it found, in the order of {@link
 * Step#beams}.
 *
 * @param tokens the drawn ids; -1 where the logits held a value that is not a number
 * @param logprobs their natural log-probabilities under the model, before any processing
 * @param tops the most probable tokens in their places, as many as asked for
 * @param beams the candidates of each beam
 */
public record StepResult(
    int[] tokens, float[] logprobs, List<TopTokens> tops, List<BeamCandidates> beams) {}
