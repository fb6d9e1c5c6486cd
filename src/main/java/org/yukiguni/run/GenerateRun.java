package org.yukiguni.run;

import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.yukiguni.job.TimeLimit;
import org.yukiguni.progress.Phase;
import org.yukiguni.progress.Progress;
import org.yukiguni.progress.ProgressMode;
import org.yukiguni.progress.Work;
import org.yukiguni.report.Output;
import org.yukiguni.report.Page;
import org.yukiguni.report.Screen;
import org.yukiguni.report.Summary;
import org.yukiguni.report.SummaryReader;
import org.yukiguni.spark.Counters;
import org.yukiguni.spark.LiveBoard;
import org.yukiguni.spark.LiveSums;
import org.yukiguni.spark.OutputSchema;

/**
 * One job from its prompts to its summary: choose the run, plan it, run what is missing, report.
 */
public final class GenerateRun {
  private static final System.Logger LOG = System.getLogger(GenerateRun.class.getName());

  private final SparkSession spark;
  private final RunRequest request;
  private final PrintStream out;
  private final Supplier<Optional<String>> asked;
  private final long start = System.nanoTime();
  private boolean retriesErrors;
  private ProgressMode progressMode = ProgressMode.AUTO;

  /**
   * Prepares a run.
   *
   * @param out gets the report
   * @param stop why it is to end early, or empty to go on; asked before each chunk
   */
  public GenerateRun(
      SparkSession spark, RunRequest request, PrintStream out, Supplier<Optional<String>> stop) {
    this.spark = spark;
    this.request = request;
    this.out = out;
    this.asked = stop;
  }

  /** Also runs again what ended as errors in an earlier call. */
  public GenerateRun retryingErrors() {
    retriesErrors = true;
    return this;
  }

  /** Shows progress in this way. */
  public GenerateRun showing(ProgressMode mode) {
    progressMode = mode;
    return this;
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
    try (Lease lease = output.lease(holder());
        Progress progress =
            Progress.open(request.job().name(), progressMode, LiveBoard.ofThisDriver())) {
      return run(output, lease, progress);
    }
  }

  private ExitCode run(OutputFolder output, Lease lease, Progress progress) {
    Planner planner = new Planner(spark, request);
    Identity identity = Identity.of(request);
    boolean isIncremental = request.job().output().incremental() && !retriesErrors;
    RunChoice choice = new RunChoice(output, request.job().output().mode(), identity, planner);
    Optional<RunFolder> earlier = (isIncremental ? choice.incremental() : choice).make();
    if (!retriesErrors) {
      earlier.ifPresent(choice::refuseChangedInput);
    }
    ExitCode finished =
        earlier
            .map(folder -> finish(folder, folder.record().orElseThrow(), lease, progress))
            .orElse(ExitCode.OK);
    if (earlier.isPresent() && !isIncremental) {
      return finished;
    }
    progress.enter(Phase.PLANNING);
    RunFolder folder = output.newRun(Instant.now());
    Optional<Dataset<Row>> done = isIncremental ? output.doneRequests(spark) : Optional.empty();
    return planner
        .plan(folder, identity, done, Instant.now())
        .map(
            run -> {
              out.print(FirstPrompt.of(Planner.read(spark, folder, run)));
              return finish(folder, run, lease, progress).worseOf(finished);
            })
        .orElseGet(() -> nothingNew(finished));
  }

  private ExitCode nothingNew(ExitCode finished) {
    LOG.log(
        System.Logger.Level.INFO,
        "{0}: nothing to do, the completions of all prompts are there",
        request.job().name());
    return finished;
  }

  private ExitCode finish(RunFolder folder, RunRecord run, Lease lease, Progress progress) {
    generate(folder, run, stops(lease), progress);
    progress.enter(Phase.FINISHING);
    Output finished = FinishedRuns.of(spark, folder, run);
    Summary summary = checked(run, SummaryReader.read(finished));
    if (request.job().output().table() != null) {
      new CatalogTable(spark, request.job().output().table())
          .show(folder.results().getParent().toString(), schema(run).schema());
    }
    if (request.job().input().isBatch()) {
      out.printf(
          "OpenAI's %s and %s are in %s%n",
          BatchFiles.OUTPUT,
          BatchFiles.ERRORS,
          BatchFiles.write(spark, folder, run, request.generation()));
    }
    if (request.job().report().html() != null) {
      PageFile.write(spark, request.job().report().html(), Page.of(finished, summary));
    }
    progress.close();
    Screen.print(finished, summary, next(summary), out);
    return FinishedRuns.exitCode(finished.run(), summary);
  }

  /** What a person may want to do now. */
  private String next(Summary summary) {
    return summary.numErrors() > 0
        ? "generate --retry-errors with the same job runs the prompts with errors again"
        : request.job().report().html() == null
            ? "report %s --html FILE writes a page".formatted(request.job().output().path())
            : "";
  }

  /** Why no more chunks may begin. */
  private Supplier<Optional<String>> stops(Lease lease) {
    TimeLimit limit = request.job().run().maxTime();
    return () -> {
      if (limit.isOver(System.nanoTime() - start)) {
        return Optional.of("it took as long as run.max_time allows, " + limit);
      }
      return lease.lost().or(asked);
    };
  }

  private String holder() {
    return "%s on %s, process %d, Spark application %s"
        .formatted(
            System.getProperty("user.name"),
            spark.sparkContext().getConf().get("spark.driver.host", "an unknown host"),
            ProcessHandle.current().pid(),
            spark.sparkContext().applicationId());
  }

  private void generate(
      RunFolder folder, RunRecord run, Supplier<Optional<String>> stop, Progress progress) {
    folder.finishReplacements(run);
    folder.dropDoneParts(run);
    OutputSchema schema = schema(run);
    ChunkPlans plans = new ChunkPlans(spark, folder, run, schema.schema());
    List<ChunkWork> failed = retriesErrors ? plans.failed() : List.of();
    List<ChunkWork> missing = plans.missing();
    if (missing.isEmpty() && failed.isEmpty()) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0}, run {1}: nothing to do, all chunks are done",
          run.jobName(),
          run.runId());
      return;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "{0}, run {1}: {2} of {3} chunks to do, {4} to do again for their errors",
        run.jobName(),
        run.runId(),
        missing.size(),
        run.chunks(),
        failed.size());
    Counters counters = Counters.register(spark.sparkContext(), run.runId());
    LiveSums sums = new LiveSums(counters);
    spark.sparkContext().addSparkListener(sums);
    LiveBoard.ofThisDriver().watch(sums::now);
    long toDo = missing.stream().mapToLong(work -> run.chunkRows().get(work.chunk())).sum();
    progress.generate(
        new Work(run.rows(), run.rows() - toDo, (double) run.rowsExpected() / run.rows(), -1),
        () ->
            Planner.promptTokens(
                spark, folder, run, missing.stream().map(ChunkWork::chunk).toList()));
    try {
      ChunkRunner runner =
          new ChunkRunner(spark, folder, run, request.partition(schema, counters), schema.schema());
      runner.run(missing, stop);
      try {
        runner.run(failed, stop);
      } finally {
        folder.finishReplacements(run);
      }
    } finally {
      spark.sparkContext().removeSparkListener(sums);
    }
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
