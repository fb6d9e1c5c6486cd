package org.yukiguni.bench;

/**
 * The fastest of some runs of a workload.
 *
 * @param prefillSeconds of a run of one new token each
 * @param totalSeconds of a run of all new tokens
 * @param firstTokenMs from the submission of all to the first token of the first
 */
public record Timed(
    Workload workload, double prefillSeconds, double totalSeconds, double firstTokenMs) {

  /** Prompt tokens a second, until every completion has its first token. */
  public double prefillRate() {
    return (double) workload.prompts() * workload.promptTokens() / prefillSeconds;
  }

  /** Seconds of one decoding step. */
  public double stepSeconds() {
    return (totalSeconds - prefillSeconds) / Math.max(1, workload.newTokens() - 1);
  }

  /** New tokens a second, once every completion has its first one. */
  public double decodeRate() {
    return workload.batch() / stepSeconds();
  }

  /** New tokens a second from the submission to the end. */
  public double totalRate() {
    return (double) workload.batch() * workload.newTokens() / totalSeconds;
  }
}
