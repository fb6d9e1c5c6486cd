package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yukiguni.fuzz.Fuzzer;

/** Damaged run records, as a full disk or another program may leave them. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RunRecordFuzzTest {
  private static final RunRecord RECORD =
      new RunRecord(
          "20260101T000000-00000000",
          "night",
          Map.of("generation.seed", "7", "model.dtype", "auto"),
          "models/m",
          "0123",
          6,
          0.5,
          new InputMark(3, "77"),
          2.5,
          List.of(2L, 1L),
          new StructType().add("id", "string").add("prompt_token_ids", "array<int>").json(),
          true,
          Map.of("spark", "4.2.0"),
          "2026-01-01T00:00:00Z");

  private static void use(byte[] input) {
    RunRecord run = RunRecord.parse(new String(input, UTF_8), "run.json");
    run.chunks();
    run.rows();
    new Identity(run.identity()).differencesFrom(new Identity(RECORD.identity()));
    FinishedRuns.kept(run);
    run.json();
  }

  @Test
  void records() {
    List<byte[]> seeds = List.of(RECORD.json().getBytes(UTF_8));
    Fuzzer.run("run.json", seeds, 5_000, RunRecordFuzzTest::use, IllegalStateException.class);
    Fuzzer.runJson("run.json", seeds, 5_000, RunRecordFuzzTest::use, IllegalStateException.class);
  }
}
