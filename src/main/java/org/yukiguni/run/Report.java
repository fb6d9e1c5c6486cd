package org.yukiguni.run;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.InvalidJobException;

/** What a run has written, on one screen: a table of completions, totals, and one line of JSON. */
public final class Report {
  private static final int DEFAULT_WIDTH = 100;

  private Report() {}

  /**
   * Prints the newest run of an output folder.
   *
   * @throws InvalidJobException if there is none
   */
  public static ExitCode print(SparkSession spark, String outputPath, PrintStream out) {
    List<RunFolder> runs =
        OutputFolder.of(outputPath, spark.sparkContext().hadoopConfiguration()).runs().stream()
            .filter(run -> run.record().isPresent())
            .toList();
    if (runs.isEmpty()) {
      throw new InvalidJobException(
          "Cannot report on %s because it holds no run of ours; give the output.path of a job"
              .formatted(outputPath));
    }
    RunFolder newest = runs.get(runs.size() - 1);
    if (runs.size() > 1) {
      out.printf(
          "%d older runs: %s%n%n",
          runs.size() - 1,
          runs.stream()
              .limit(runs.size() - 1)
              .map(RunFolder::id)
              .collect(Collectors.joining(", ")));
    }
    RunRecord run = newest.record().orElseThrow();
    return exitCode(run, print(spark, newest, run, out));
  }

  /** Prints one run. */
  static Summary print(SparkSession spark, RunFolder folder, RunRecord run, PrintStream out) {
    SummaryReader reader = new SummaryReader(spark);
    Summary summary = reader.read(folder, run);
    reader
        .rows(folder, run)
        .ifPresent(rows -> out.println(CompletionTable.of(rows, terminalWidth())));
    out.println(text(summary));
    out.println(summary.json());
    out.flush();
    return summary;
  }

  /** What the numbers mean for the process. */
  static ExitCode exitCode(RunRecord run, Summary summary) {
    if (summary.rowsOut() != summary.rowsIn() * summary.completionsPerRow()) {
      return ExitCode.BROKEN;
    }
    return summary.errorRatio() > run.maxErrorRatio() ? ExitCode.TOO_MANY_ERRORS : ExitCode.OK;
  }

  private static String text(Summary s) {
    return String.format(
        Locale.ROOT,
        """
        %s, run %s: %d of %d chunks
        rows         %,d in x %d = %,d expected, %,d written
        completions  %,d ok%s, %,d errors%s
        tokens       %,d in prompts, %,d generated
        speed        %,.1f tokens/s over %,.1f s; devices busy %.0f %%
        latency      %s
        """,
        s.job(),
        s.runId(),
        s.chunksDone(),
        s.chunks(),
        s.rowsIn(),
        s.completionsPerRow(),
        s.rowsIn() * s.completionsPerRow(),
        s.rowsOut(),
        s.completions(),
        listed(s.finishReasons()),
        s.numErrors(),
        listed(s.errors()),
        s.promptTokens(),
        s.completionTokens(),
        s.tokensPerSecond(),
        s.wallSeconds(),
        100 * s.deviceBusyShare(),
        s.totalMs().entrySet().stream()
            .map(e -> "%s %,.0f ms".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining(", ")));
  }

  private static String listed(Map<String, Long> counts) {
    return counts.isEmpty()
        ? ""
        : counts.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static int terminalWidth() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9]\\d{1,3}")
        ? Integer.parseInt(columns)
        : DEFAULT_WIDTH;
  }
}
