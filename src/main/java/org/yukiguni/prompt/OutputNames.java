package org.yukiguni.prompt;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names of the output columns, which kept input columns must not have. */
final class OutputNames {
  private static final List<String> NAMES =
      List.of(
          "id",
          "sequence_index",
          "prompt",
          "completion",
          "status",
          "error_code",
          "error_message",
          "finish_reason",
          "stop_reason",
          "prompt_tokens",
          "completion_tokens",
          "cumulative_logprob",
          "seed",
          "model",
          "model_revision",
          "request_hash",
          "started_at",
          "finished_at",
          "tokenize_ms",
          "queue_ms",
          "prefill_ms",
          "decode_ms",
          "first_token_ms",
          "total_ms",
          "device_ms",
          "executor_id",
          "device",
          "token_ids",
          "run_id",
          "chunk");

  private OutputNames() {}

  /** A fresh set of all names, in lower case. */
  static Set<String> reserved() {
    return new HashSet<>(NAMES);
  }
}
