package org.yukiguni.job;

import java.util.List;

/** Job texts for tests. */
final class Jobs {
  /** The shortest job there is. */
  static final String MINIMAL =
      """
      name: test
      input: { format: jsonl, path: in.jsonl }
      prompt: { column: prompt }
      model: { path: models/mini }
      output: { path: out }
      """;

  private Jobs() {}

  static Job minimal() {
    return JobReader.parse(MINIMAL, List.of());
  }

  /** The shortest job with these overrides. */
  static Job with(String... overrides) {
    return JobReader.parse(MINIMAL, List.of(overrides));
  }
}
