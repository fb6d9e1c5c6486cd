package org.yukiguni.engine;

/**
 * A loaded model as the engine sees it: it runs steps and holds the tensors of the KV cache, whose
 * blocks the engine's ledger gives out. Used by one thread at a time.
 */
public interface LanguageModel extends AutoCloseable {
  /** What the model can do and costs; does not change. */
  ModelLimits limits();

  /**
   * Starts a step: changes the blocks of the KV cache, computes the new tokens, and samples. May
   * return before the device has done all that; {@link #finish} comes before the next start.
   *
   * @throws OutOfMemoryError if the step needs more memory than there is, of whatever kind
   * @throws DeviceFaultException if no later step can succeed either
   */
  void start(Step step);

  /**
   * Waits for the step that was started.
   *
   * @return one token for each entry of {@link Step#samples}, and candidates for each of {@link
   *     Step#beams}
   * @throws OutOfMemoryError as {@link #start}
   * @throws DeviceFaultException as {@link #start}
   */
  StepResult finish();

  /** Frees all blocks of the KV cache, after a step that failed. */
  void clearCache();

  @Override
  void close();
}
