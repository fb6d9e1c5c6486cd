package org.yukiguni.engine;

/**
 * The best continuations of one beam, best first and equal ones by rising token; at least as many
 * as were asked for, or all there are.
 *
 * @param tokens ids
 * @param scores the beam's score plus the token's log-probability after penalties and bans, in
 *     float32; -infinity where banned, NaN where the logits held a value that is not a number
 * @param logprobs the tokens' log-probabilities before any processing
 * @param top the most probable tokens before any processing, as many as asked for
 */
public record BeamCandidates(int[] tokens, float[] scores, float[] logprobs, TopTokens top) {}
