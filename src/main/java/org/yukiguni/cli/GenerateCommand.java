package org.yukiguni.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.api.Requests;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.Job;
import org.yukiguni.job.JobReader;
import org.yukiguni.progress.ProgressMode;
import org.yukiguni.run.DryRun;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.GenerateRun;
import org.yukiguni.run.RunRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs, one after another, each from its file to its report. */
@Command(
    name = "generate",
    description = "Generates completions for all prompts of each job, or goes on where it broke.",
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "JOB.yaml", description = "Job files.")
  private final List<Path> files = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of all jobs, e.g. --set generation.temperature=0.2")
  private final List<String> overrides = new ArrayList<>();

  @Option(
      names = "--retry-errors",
      description = "Also runs again the rows of a run that ended as errors.")
  private boolean retriesErrors;

  @Option(
      names = "--progress",
      paramLabel = "FORM",
      description = "How progress is shown: auto, bar, plain or json; on standard error.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Option(names = "--quiet", description = "Shows no progress.")
  private boolean quiet;

  @Option(
      names = "--dry-run",
      description = "Stops before the model: shows a prompt, counts tokens, and writes nothing.")
  private boolean isDry;

  @Override
  public Integer call() throws IOException {
    List<RunRequest> requests = read();
    try (SparkSession spark = Sessions.open("yukiguni " + requests.get(0).job().name())) {
      StopSignals signals = StopSignals.listen("no more chunks begin, those that run are finished");
      ExitCode worst = ExitCode.OK;
      for (RunRequest request : requests) {
        worst = worst.worseOf(generate(spark, request, signals));
      }
      return worst.code();
    }
  }

  /** All jobs before the first one runs, so that a night is not lost to a typing error. */
  private List<RunRequest> read() {
    List<RunRequest> requests = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path file : files) {
      try {
        Job job = JobReader.read(file, overrides);
        requests.add(Fetching.watched(job.name(), mode(), listener -> Requests.of(job, listener)));
      } catch (InvalidJobException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidJobException(problems);
    }
    return requests;
  }

  private ProgressMode mode() {
    return quiet ? ProgressMode.NONE : progress;
  }

  private ExitCode generate(SparkSession spark, RunRequest request, StopSignals signals) {
    try {
      if (isDry) {
        return new DryRun(spark, request, System.out).run(Requests.contextLength(request.job()));
      }
      GenerateRun run =
          new GenerateRun(spark, request, System.out, signals::reason).showing(mode());
      return retriesErrors ? run.retryingErrors().run() : run.run();
    } catch (RuntimeException e) {
      return Problems.tell(e);
    }
  }
}
