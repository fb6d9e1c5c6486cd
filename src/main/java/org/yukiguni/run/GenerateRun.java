package org.yukiguni.run;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.yukiguni.report.Output;
import org.yukiguni.report.Screen;
import org.yukiguni.report.Summary;
import org.yukiguni.spark.Counters;
import org.yukiguni.spark.GeneratePartition;
import org.yukiguni.spark.LiveSums;
import org.yukiguni.spark.OutputSchema;
import org.yukiguni.spark.RunConstants;

/**
 * One job from its prompts to its summary: choose the run, plan it, run what is missing, report.
 */
public final class GenerateRun {
  private static final System.Logger LOG = System.getLogger(GenerateRun.class.getName());

  private final SparkSession spark;
  private final RunRequest request;
  private final PrintStream out;

  /**
   * Prepares a run.
   *
   * @param out gets the report
   */
  public GenerateRun(SparkSession spark, RunRequest request, PrintStream out) {
    this.spark = spark;
    this.request = request;
    this.out = out;
  }

  /**
   * Runs the job, or goes on with it. Running a finished job again only prints its report.
   *
   * @throws org.yukiguni.job.InvalidJobException if the output folder or the input is wrong;
   *     nothing was generated
   * @throws RunBrokenException if a chunk failed; the same call goes on
   */
  public ExitCode run() {
    OutputFolder output =
        OutputFolder.of(request.job().output().path(), spark.sparkContext().hadoopConfiguration());
    output.refuseForeign();
    try (Lease lease = output.lease(holder())) {
      return run(output, lease);
    }
  }

  private ExitCode run(OutputFolder output, Lease lease) {
    Planner planner = new Planner(spark, request);
    Identity identity = Identity.of(request);
    Optional<RunFolder> earlier =
        new RunChoice(output, request.job().output().mode(), identity, planner).make();
    RunFolder folder = earlier.orElseGet(() -> output.newRun(Instant.now()));
    RunRecord run =
        earlier
            .flatMap(RunFolder::record)
            .orElseGet(() -> planner.plan(folder, identity, Instant.now()));
    generate(folder, run, lease);
    Output finished = FinishedRuns.of(spark, folder, run);
    return FinishedRuns.exitCode(finished.run(), checked(run, Screen.print(finished, out)));
  }

  private String holder() {
    return "%s on %s, process %d, Spark application %s"
        .formatted(
            System.getProperty("user.name"),
            spark.sparkContext().getConf().get("spark.driver.host", "an unknown host"),
            ProcessHandle.current().pid(),
            spark.sparkContext().applicationId());
  }

  private void generate(RunFolder folder, RunRecord run, Lease lease) {
    int[] missing = folder.missingChunks(run);
    if (missing.length == 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0}, run {1}: nothing to do, all chunks are done",
          run.jobName(),
          run.runId());
      return;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "{0}, run {1}: {2} of {3} chunks to do",
        run.jobName(),
        run.runId(),
        missing.length,
        run.chunks());
    Counters counters = Counters.register(spark.sparkContext(), run.runId());
    LiveSums sums = new LiveSums(counters);
    spark.sparkContext().addSparkListener(sums);
    long toDo = Arrays.stream(missing).mapToLong(chunk -> run.chunkRows().get(chunk)).sum();
    try (var progress = new Progress(run.jobName(), run.rows(), run.rows() - toDo, sums::now)) {
      progress.start();
      OutputSchema schema = schema(run);
      new ChunkRunner(spark, folder, run, partition(schema, counters), schema.schema())
          .run(missing, lease::lost);
    } finally {
      spark.sparkContext().removeSparkListener(sums);
    }
  }

  private GeneratePartition partition(OutputSchema schema, Counters counters) {
    return new GeneratePartition(
        request.loader(),
        request.job().model().device(),
        request.generation(),
        schema,
        new RunConstants(
            request.job().model().path(),
            request.modelRevision(),
            request.adapter(),
            Identity.of(request).requestKey()),
        counters);
  }

  private OutputSchema schema(RunRecord run) {
    List<StructField> kept = FinishedRuns.kept(run);
    return request.job().output().tokenIds()
        ? OutputSchema.withTokenIds(kept)
        : OutputSchema.of(kept);
  }

  private static Summary checked(RunRecord run, Summary summary) {
    if (summary.doubledRows() > 0) {
      throw new RunBrokenException(
          "Cannot trust run %s because %d of its %d rows are there more than once; set output.mode: overwrite and run it again"
              .formatted(run.runId(), summary.doubledRows(), summary.rowsOut()));
    }
    if (summary.rowsOut() != summary.rowsExpected()) {
      throw new RunBrokenException(
          "Cannot call run %s finished because it has %d rows instead of %d; set output.mode: overwrite and run it again"
              .formatted(run.runId(), summary.rowsOut(), summary.rowsExpected()));
    }
    return summary;
  }
}
