package org.yukiguni.engine;

import java.util.List;

/**
 * What a step drew, in the order of {@link Step#samples}, and what it found, in the order of {@link
 * Step#beams}.
 *
 * @param tokens the drawn ids; -1 where the logits held a value that is not a number
 * @param logprobs their natural log-probabilities under the model, before any processing
 * @param beams the candidates of each beam
 */
public record StepResult(int[] tokens, float[] logprobs, List<BeamCandidates> beams) {}
