package org.yukiguni.engine;

/**
 * How much an engine takes on at once.
 *
 * @param maxSequences most sequences decoding in one step, each beam counted; more beams than this
 *     run alone
 * @param maxStepTokens most tokens of a step: one for each decoding sequence, the rest for prompts.
 *     A prompt chunk is never cut for it, so that a row's arithmetic does not depend on its
 *     neighbours; at least one chunk runs when nothing decodes
 * @param kvBytes memory for keys and values
 */
public record EngineLimits(int maxSequences, int maxStepTokens, long kvBytes) {
  public EngineLimits {
    if (maxSequences < 1) {
      throw new IllegalArgumentException(
          "engine.max_sequences must be 1 or more, not " + maxSequences);
    }
    if (maxStepTokens < 1) {
      throw new IllegalArgumentException(
          "engine.max_step_tokens must be 1 or more, not " + maxStepTokens);
    }
    if (kvBytes < 1) {
      throw new IllegalArgumentException("engine.kv_memory must be above 0, not " + kvBytes);
    }
  }

  /** KV memory in bytes with which any row that fits the model's context can run. */
  public static long leastKvBytes(ModelLimits model) {
    return model.kvBytesPerToken() * KvLedger.positionsOfOne(model.contextLength());
  }
}
