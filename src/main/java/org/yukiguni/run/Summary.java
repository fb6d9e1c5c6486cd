package org.yukiguni.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.Map;

/**
 * What a run has written, counted from its Parquet files.
 *
 * @param job name of the job
 * @param runId the run
 * @param model as the job names it
 * @param modelRevision tells contents of the model apart
 * @param rowsIn prompts of the plan
 * @param rowsOut output rows; {@code rowsIn} times {@code completionsPerRow} when the run is done
 * @param completionsPerRow {@code num_return_sequences}
 * @param chunks of the plan
 * @param chunksDone chunks that are written
 * @param completions rows with status ok
 * @param errors number of rows with status error, by error code
 * @param finishReasons number of completions, by finish reason
 * @param promptTokens tokens of all prompts, once each
 * @param completionTokens tokens of all completions
 * @param wallSeconds time in which at least one chunk was generating; loading a model, planning and
 *     the time between a crash and its resume are left out
 * @param tokensPerSecond completion tokens per wall second
 * @param deviceSeconds busy time of all devices
 * @param deviceBusyShare busy time per wall second and device, 0 to 1
 * @param totalMs percentiles 50, 90 and 99 of the time from start to end of a completion, under
 *     these names
 */
public record Summary(
    String job,
    String runId,
    String model,
    String modelRevision,
    long rowsIn,
    long rowsOut,
    int completionsPerRow,
    int chunks,
    int chunksDone,
    long completions,
    Map<String, Long> errors,
    Map<String, Long> finishReasons,
    long promptTokens,
    long completionTokens,
    double wallSeconds,
    double tokensPerSecond,
    double deviceSeconds,
    double deviceBusyShare,
    Map<String, Double> totalMs) {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  /** Rows with status error. */
  long numErrors() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Errors per output row, 0 to 1. */
  @JsonProperty
  public double errorRatio() {
    return rowsOut == 0 ? 0 : (double) numErrors() / rowsOut;
  }

  /** One JSON document on one line. */
  public String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the summary of " + runId + " as JSON", e);
    }
  }
}
