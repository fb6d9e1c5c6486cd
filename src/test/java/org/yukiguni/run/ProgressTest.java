package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.yukiguni.spark.Sums;

final class ProgressTest {
  @Test
  void theRestTakesAsLongAsThisAttemptsRows() {
    assertThat(Progress.line("nightly", 1000, 400, new Sums(100, 290, 10, 5000, 1), 50))
        .isEqualTo(
            "nightly: 500 of 1,000 rows, 290 completions, 10 errors, 100.0 tokens/s, 0:04:10 left");
  }

  @Test
  void nothingIsKnownBeforeTheFirstRow() {
    assertThat(Progress.line("nightly", 10, 0, Sums.ZERO, 0)).endsWith("unknown left");
  }
}
