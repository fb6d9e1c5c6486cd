package org.yukiguni.engine;

/** How much a step may carry now: what the engine was started with, or less where that failed. */
final class StepLimits {
  private int mostSequences;
  private int maxStepTokens;
  private int sequences;

  StepLimits(EngineLimits limits) {
    mostSequences = limits.maxSequences();
    maxStepTokens = limits.maxStepTokens();
    sequences = mostSequences;
  }

  int maxSequences() {
    return sequences;
  }

  int maxStepTokens() {
    return maxStepTokens;
  }

  /** Allows half of what failed, until {@link #restore}. */
  void halve(int failedSequences) {
    sequences = half(Math.min(sequences, failedSequences));
  }

  void restore() {
    sequences = mostSequences;
  }

  /** Allows half of what failed from now on, since there is no memory for more. */
  void lower(int failedSequences) {
    mostSequences = half(Math.min(mostSequences, failedSequences));
    maxStepTokens = half(maxStepTokens);
    restore();
  }

  private static int half(int number) {
    return Math.max(1, number / 2);
  }
}
