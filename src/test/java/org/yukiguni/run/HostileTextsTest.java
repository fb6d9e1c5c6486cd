package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.report.Comparison;
import org.yukiguni.report.Screen;
import org.yukiguni.spark.LocalSpark;

/** Texts that would steer a terminal, in every place of the data, through all that a run prints. */
final class HostileTextsTest {
  private static final String HOSTILE =
      "\u001b[2J\u001b]0;title\u0007\u009b31m\r\b\u202e\u2066\u200b\ufeff\u2028";

  @TempDir Path folder;
  private final SparkSession spark = LocalSpark.session();

  private TestRun run(String output) {
    List<Row> rows =
        List.of(
            row("plain", "a"),
            row("id" + HOSTILE, "prompt" + HOSTILE),
            row("empty" + HOSTILE, null),
            row("long", "x".repeat(1_000_000) + "\u0301".repeat(1_000_000)));
    return new TestRun(folder.resolve(output)).withRows(rows).withMaxErrorRatio(1);
  }

  private static Row row(String id, String prompt) {
    return RowFactory.create(id, prompt, null, "kept" + HOSTILE);
  }

  @Test
  void nothingOfThemReachesTheTerminal() throws Exception {
    TestRun first = run("a");
    first.run();
    assertHarmless(first.printed());
    assertThat(first.printed()).contains("empty").contains("prompt_null");
    run("b").withSeed(8).run();

    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      Screen.print(
          Comparison.of(
              FinishedRuns.newest(spark, folder.resolve("a").toString(), out),
              FinishedRuns.newest(spark, folder.resolve("b").toString(), out)),
          out);
    }
    assertHarmless(printed.toString(StandardCharsets.UTF_8));
  }

  private static void assertHarmless(String text) {
    assertThat(text.codePoints())
        .noneMatch(c -> c != '\n' && Character.isISOControl(c))
        .noneMatch(c -> Character.getType(c) == Character.FORMAT);
    assertThat(text.lines())
        .filteredOn(line -> !line.startsWith("{"))
        .allMatch(line -> line.length() < 500);
  }
}
