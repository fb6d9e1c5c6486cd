package org.yukiguni.run;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.report.Output;
import org.yukiguni.report.RunFacts;
import org.yukiguni.report.Summary;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.OutputSchema;
import org.yukiguni.spark.PlanColumn;

/** Runs whose output is there, as a report needs them. */
public final class FinishedRuns {
  private FinishedRuns() {}

  /**
   * The newest run of an output folder.
   *
   * @param out is told of older ones
   * @throws InvalidJobException if there is none
   */
  public static Output newest(SparkSession spark, String outputPath, PrintStream out) {
    List<RunFolder> runs = folders(spark, outputPath);
    RunFolder newest = newestOf(runs, outputPath);
    if (runs.size() > 1) {
      out.printf(
          "%d older runs: %s%n%n",
          runs.size() - 1,
          runs.stream()
              .limit(runs.size() - 1)
              .map(RunFolder::id)
              .collect(Collectors.joining(", ")));
    }
    return of(spark, newest, newest.record().orElseThrow());
  }

  /** The newest run of an output folder; empty if there is none. */
  static Optional<RunFolder> newestFolder(SparkSession spark, String outputPath) {
    List<RunFolder> runs = folders(spark, outputPath);
    return runs.isEmpty() ? Optional.empty() : Optional.of(runs.get(runs.size() - 1));
  }

  private static List<RunFolder> folders(SparkSession spark, String outputPath) {
    return OutputFolder.of(outputPath, spark.sparkContext().hadoopConfiguration()).runs().stream()
        .filter(run -> run.record().isPresent())
        .toList();
  }

  private static RunFolder newestOf(List<RunFolder> runs, String outputPath) {
    if (runs.isEmpty()) {
      throw new InvalidJobException(
          "Cannot report on %s because it holds no run of ours; give the output.path of a job"
              .formatted(outputPath));
    }
    return runs.get(runs.size() - 1);
  }

  /** One run. */
  static Output of(SparkSession spark, RunFolder folder, RunRecord run) {
    int[] done = folder.doneChunks(run);
    return new Output(
        new RunFacts(
            run.jobName(),
            run.runId(),
            run.model(),
            run.modelRevision(),
            run.rows(),
            run.rowsExpected(),
            run.chunks(),
            done.length,
            run.maxErrorRatio(),
            run.engineHourCost(),
            run.startedAt(),
            folder.readNote(Planner.JOB_NOTE),
            run.versions()),
        rows(spark, folder, run, done));
  }

  /** What the numbers mean for the process. */
  public static ExitCode exitCode(RunFacts run, Summary summary) {
    if (summary.rowsOut() != summary.rowsExpected() || summary.doubledRows() > 0) {
      return ExitCode.BROKEN;
    }
    return summary.errorRatio() > run.maxErrorRatio() ? ExitCode.TOO_MANY_ERRORS : ExitCode.OK;
  }

  /** The kept columns are those of the plan, which an input that changed since cannot change. */
  static List<StructField> kept(RunRecord run) {
    StructType plan = run.plan();
    return Arrays.asList(plan.fieldNames()).contains(PlanColumn.KEPT)
        ? List.of(((StructType) plan.apply(PlanColumn.KEPT).dataType()).fields())
        : List.of();
  }

  private static Dataset<Row> rows(
      SparkSession spark, RunFolder folder, RunRecord run, int[] done) {
    StructType schema =
        OutputSchema.of(kept(run))
            .schema()
            .add(OutputColumn.CHUNK.columnName(), DataTypes.IntegerType);
    String[] chunks =
        Arrays.stream(done)
            .mapToObj(chunk -> folder.chunk(chunk).toString())
            .toArray(String[]::new);
    return chunks.length == 0
        ? spark.createDataFrame(List.of(), schema)
        : spark
            .read()
            .schema(schema)
            .option("basePath", folder.results().toString())
            .parquet(chunks);
  }
}
