package org.yukiguni.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Timing;

/** Builds the output rows of one task. */
final class OutputRows {
  private final OutputSchema schema;
  private final RunConstants constants;
  private final long seed;
  private final String executorId;
  private final String device;

  OutputRows(
      OutputSchema schema, RunConstants constants, long seed, String executorId, String device) {
    this.schema = schema;
    this.constants = constants;
    this.seed = seed;
    this.executorId = executorId;
    this.device = device;
  }

  Row completion(PromptRow prompt, Outcome.Completion outcome, String text) {
    Object[] row = common(prompt, outcome.sequenceIndex());
    set(row, OutputColumn.STATUS, "ok");
    set(row, OutputColumn.COMPLETION, text);
    set(row, OutputColumn.FINISH_REASON, outcome.finishReason().label());
    set(row, OutputColumn.STOP_REASON, outcome.stopReason().orElse(null));
    set(row, OutputColumn.COMPLETION_TOKENS, outcome.tokens().length);
    set(row, OutputColumn.CUMULATIVE_LOGPROB, outcome.cumulativeLogprob());
    time(row, outcome.timing());
    if (schema.hasTokenIds()) {
      row[row.length - 1] = outcome.tokens();
    }
    return RowFactory.create(row);
  }

  /** A row without a completion; the timing is null if it never reached the engine. */
  Row error(PromptRow prompt, int sequenceIndex, ErrorCode code, String message, Timing timing) {
    Object[] row = common(prompt, sequenceIndex);
    set(row, OutputColumn.STATUS, "error");
    set(row, OutputColumn.ERROR_CODE, code.label());
    set(row, OutputColumn.ERROR_MESSAGE, message);
    time(row, timing);
    return RowFactory.create(row);
  }

  private Object[] common(PromptRow prompt, int sequenceIndex) {
    Object[] row = new Object[schema.schema().length()];
    set(row, OutputColumn.ID, prompt.id());
    set(row, OutputColumn.SEQUENCE_INDEX, sequenceIndex);
    set(row, OutputColumn.PROMPT, prompt.prompt());
    set(row, OutputColumn.PROMPT_TOKENS, prompt.tokens() == null ? null : prompt.tokens().length);
    set(row, OutputColumn.SEED, seed);
    set(row, OutputColumn.MODEL, constants.model());
    set(row, OutputColumn.MODEL_REVISION, constants.modelRevision());
    set(row, OutputColumn.REQUEST_HASH, requestHash(prompt.prompt()));
    set(row, OutputColumn.TOKENIZE_MS, prompt.tokenizeMs());
    set(row, OutputColumn.EXECUTOR_ID, executorId);
    set(row, OutputColumn.DEVICE, device);
    for (int i = 0; i < schema.numKept(); i++) {
      row[schema.firstKept() + i] = prompt.kept().get(i);
    }
    return row;
  }

  private static void time(Object[] row, Timing timing) {
    Instant now = Instant.now();
    set(row, OutputColumn.STARTED_AT, Timestamp.from(timing == null ? now : timing.startedAt()));
    set(row, OutputColumn.FINISHED_AT, Timestamp.from(timing == null ? now : timing.finishedAt()));
    if (timing != null) {
      set(row, OutputColumn.QUEUE_MS, timing.queueMs());
      set(row, OutputColumn.PREFILL_MS, timing.prefillMs());
      set(row, OutputColumn.DECODE_MS, timing.decodeMs());
      set(row, OutputColumn.FIRST_TOKEN_MS, timing.firstTokenMs());
      set(row, OutputColumn.TOTAL_MS, timing.totalMs());
      set(row, OutputColumn.DEVICE_MS, timing.deviceMs());
    }
  }

  /** The columns of the files come first in the enum, so a column's ordinal is its place. */
  private static void set(Object[] row, OutputColumn column, Object value) {
    row[column.ordinal()] = value;
  }

  private String requestHash(String prompt) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(constants.requestKey().getBytes(UTF_8));
      // A byte that is in no UTF-8 text keeps the parts apart; no prompt differs from an empty one.
      sha.update((byte) 0xff);
      if (prompt != null) {
        sha.update((byte) 0xff);
        sha.update(prompt.getBytes(UTF_8));
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
