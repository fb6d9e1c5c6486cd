package org.yukiguni.engine;

/**
 * The most probable tokens at one place, best first and equal ones by rising id.
 *
 * @param ids token ids
 * @param logprobs their natural log-probabilities under the model, before any processing
 */
public record TopTokens(int[] ids, float[] logprobs) {
  /** What a row gets that asks for none. */
  public static final TopTokens NONE = new TopTokens(new int[0], new float[0]);
}
