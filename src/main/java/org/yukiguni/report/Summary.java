package org.yukiguni.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;

/**
 * What a run has written, counted from its Parquet files. Percentiles are maps with the names p50,
 * p90 and p99, empty if there is no value; they are exact to one part in 10,000 of the rank.
 *
 * @param job name of the job
 * @param runId the run
 * @param model as the job names it
 * @param modelRevision tells contents of the model apart
 * @param rowsIn prompts of the plan
 * @param rowsOut output rows
 * @param doubledRows output rows whose id and sequence_index are there already; 0 in a sound run
 * @param rowsExpected output rows when the run is done: the sum of {@code num_return_sequences}
 * @param chunks of the plan
 * @param chunksDone chunks that are written
 * @param completions rows with status ok
 * @param errors number of rows without a completion, by error code
 * @param errorExamples for each error code, the row with the lowest id
 * @param finishReasons number of completions, by finish reason
 * @param promptTokens tokens of all prompts, once each
 * @param completionTokens tokens of all completions
 * @param wallSeconds time in which at least one chunk was generating; loading a model, planning and
 *     the time between a crash and its resume are left out
 * @param tokensPerSecond completion tokens per wall second
 * @param deviceSeconds busy time of all devices
 * @param deviceBusyShare busy time per wall second and device, 0 to 1
 * @param firstTokenMs percentiles of the time from start to first token
 * @param totalMs percentiles of the time from start to end of a completion
 * @param engines what each engine did, by executor and device
 * @param slowest the completions that took longest, the slowest first
 * @param cost null if the job does not say what an engine hour costs
 */
public record Summary(
    String job,
    String runId,
    String model,
    String modelRevision,
    long rowsIn,
    long rowsOut,
    long doubledRows,
    long rowsExpected,
    int chunks,
    int chunksDone,
    long completions,
    Map<String, Long> errors,
    Map<String, Example> errorExamples,
    Map<String, Long> finishReasons,
    long promptTokens,
    long completionTokens,
    double wallSeconds,
    double tokensPerSecond,
    double deviceSeconds,
    double deviceBusyShare,
    Map<String, Double> firstTokenMs,
    Map<String, Double> totalMs,
    List<EngineShare> engines,
    List<SlowRow> slowest,
    Cost cost) {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          // The line is printed, and an id may hold what a terminal obeys.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  /** A row that stands for others. */
  public record Example(String id, String message) {}

  /**
   * What one engine did.
   *
   * @param executorId the Spark executor
   * @param device cpu or cuda:N
   * @param rows output rows
   * @param completionTokens of them
   * @param wallSeconds time in which a chunk with rows of this engine was generating
   * @param tokensPerSecond completion tokens per second of that
   * @param busyShare share of that time in which it ran a step, 0 to 1
   */
  public record EngineShare(
      String executorId,
      String device,
      long rows,
      long completionTokens,
      double wallSeconds,
      double tokensPerSecond,
      double busyShare) {}

  /** A completion that took long; times in milliseconds as in the columns. */
  public record SlowRow(
      String id,
      int sequenceIndex,
      double totalMs,
      double queueMs,
      int promptTokens,
      Integer completionTokens,
      String executorId,
      String device) {}

  /**
   * What the run has cost, in the currency of the job's {@code report.engine_hour_cost}.
   *
   * @param engineHours wall time times engines
   * @param total of the run
   * @param perThousandTokens for 1,000 completion tokens; null if there are none
   * @param perRow for an output row; null if there are none
   */
  public record Cost(double engineHours, double total, Double perThousandTokens, Double perRow) {}

  /** Rows without a completion. */
  public long numErrors() {
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
      return TerminalText.json(JSON.writeValueAsString(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the summary of " + runId + " as JSON", e);
    }
  }
}
