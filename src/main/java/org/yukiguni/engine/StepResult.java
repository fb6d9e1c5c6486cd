package org.yukiguni.engine;

/**
 * What a step drew, in the order of {@link Step#samples}.
 *
 * @param tokens the drawn ids; -1 where the logits held a value that is not a number
 * @param logprobs their natural log-probabilities under the model, before any processing
 */
public record StepResult(int[] tokens, float[] logprobs) {}
