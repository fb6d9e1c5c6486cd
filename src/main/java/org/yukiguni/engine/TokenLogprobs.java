package org.yukiguni.engine;

/**
 * How probable one new token of a completion was.
 *
 * @param logprob its natural log-probability under the model, before any processing
 * @param top the most probable tokens in its place, whether it is among them or not
 */
public record TokenLogprobs(float logprob, TopTokens top) {}
