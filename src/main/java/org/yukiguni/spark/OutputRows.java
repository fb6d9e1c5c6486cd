package org.yukiguni.spark;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Timing;

/** Builds the output rows of one task. */
final class OutputRows {
  private final OutputSchema schema;
  private final RunConstants constants;
  private final String executorId;
  private final String device;

  OutputRows(OutputSchema schema, RunConstants constants, String executorId, String device) {
    this.schema = schema;
    this.constants = constants;
    this.executorId = executorId;
    this.device = device;
  }

  /**
   * A row with a completion.
   *
   * @param seed of the row
   * @param timing of the completion, or of one that took another one's tokens
   */
  Row completion(
      PromptRow prompt, long seed, Outcome.Completion outcome, String text, Timing timing) {
    Map<OutputColumn, Object> row = common(prompt, seed, outcome.sequenceIndex());
    row.put(OutputColumn.STATUS, "ok");
    row.put(OutputColumn.COMPLETION, text);
    row.put(OutputColumn.FINISH_REASON, outcome.finishReason().label());
    row.put(OutputColumn.STOP_REASON, outcome.stopReason().orElse(null));
    row.put(OutputColumn.COMPLETION_TOKENS, outcome.tokens().length);
    row.put(OutputColumn.CUMULATIVE_LOGPROB, outcome.cumulativeLogprob());
    row.put(OutputColumn.LOGPROBS, Logprobs.of(outcome));
    row.put(OutputColumn.TOKEN_IDS, outcome.tokens());
    time(row, timing);
    return schema.row(row, prompt.kept());
  }

  /** A row without a completion; the timing is null if it never reached the engine. */
  Row error(
      PromptRow prompt, long seed, int sequenceIndex, String code, String message, Timing timing) {
    Map<OutputColumn, Object> row = common(prompt, seed, sequenceIndex);
    row.put(OutputColumn.STATUS, "error");
    row.put(OutputColumn.ERROR_CODE, code);
    row.put(OutputColumn.ERROR_MESSAGE, message);
    time(row, timing);
    return schema.row(row, prompt.kept());
  }

  private Map<OutputColumn, Object> common(PromptRow prompt, long seed, int sequenceIndex) {
    Map<OutputColumn, Object> row = new EnumMap<>(OutputColumn.class);
    row.put(OutputColumn.ID, prompt.id());
    row.put(OutputColumn.SEQUENCE_INDEX, sequenceIndex);
    row.put(OutputColumn.PROMPT, prompt.prompt());
    row.put(OutputColumn.PROMPT_TOKENS, prompt.tokens() == null ? null : prompt.tokens().length);
    row.put(OutputColumn.SEED, seed);
    row.put(OutputColumn.MODEL, constants.model());
    row.put(OutputColumn.MODEL_REVISION, constants.modelRevision());
    row.put(OutputColumn.ADAPTER, constants.adapter());
    row.put(OutputColumn.REQUEST_HASH, prompt.requestHash());
    row.put(OutputColumn.TOKENIZE_MS, prompt.tokenizeMs());
    row.put(OutputColumn.EXECUTOR_ID, executorId);
    row.put(OutputColumn.DEVICE, device);
    return row;
  }

  private static void time(Map<OutputColumn, Object> row, Timing timing) {
    Instant now = Instant.now();
    row.put(OutputColumn.STARTED_AT, Timestamp.from(timing == null ? now : timing.startedAt()));
    row.put(OutputColumn.FINISHED_AT, Timestamp.from(timing == null ? now : timing.finishedAt()));
    if (timing != null) {
      row.put(OutputColumn.QUEUE_MS, timing.queueMs());
      row.put(OutputColumn.PREFILL_MS, timing.prefillMs());
      row.put(OutputColumn.DECODE_MS, timing.decodeMs());
      row.put(OutputColumn.FIRST_TOKEN_MS, timing.firstTokenMs());
      row.put(OutputColumn.TOTAL_MS, timing.totalMs());
      row.put(OutputColumn.DEVICE_MS, timing.deviceMs());
    }
  }
}
