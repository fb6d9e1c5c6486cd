package org.yukiguni.engine;

import java.time.Instant;

/**
 * When a completion ran and for how long. Times are in milliseconds of the engine's {@link Clock}.
 *
 * @param startedAt when the request was submitted
 * @param finishedAt when the completion was finished
 * @param queueMs from the submission until the first step that carried the prompt
 * @param prefillMs from there until the first token was known
 * @param decodeMs from the first token until the last one
 * @param firstTokenMs from the submission until the first token
 * @param totalMs from the submission until the end
 * @param deviceMs its share of the steps it was in: a step's time is divided among its completions
 *     by the tokens they had in it, so the sum over all completions is the device's busy time
 */
public record Timing(
    Instant startedAt,
    Instant finishedAt,
    double queueMs,
    double prefillMs,
    double decodeMs,
    double firstTokenMs,
    double totalMs,
    double deviceMs) {
  /** The same for a completion that took another one's tokens, and no time of the device. */
  public Timing ofTwin() {
    return new Timing(
        startedAt, finishedAt, queueMs, prefillMs, decodeMs, firstTokenMs, totalMs, 0);
  }
}
