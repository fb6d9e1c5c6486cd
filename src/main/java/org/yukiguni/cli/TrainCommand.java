package org.yukiguni.cli;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.hub.ModelResolver;
import org.yukiguni.job.JobReader;
import org.yukiguni.job.TrainJob;
import org.yukiguni.progress.ProgressMode;
import org.yukiguni.spark.HadoopConfiguration;
import org.yukiguni.train.TrainRequest;
import org.yukiguni.train.TrainRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A training from its file to its adapter. */
@Command(
    name = "train",
    description = "Trains a LoRA adapter, or goes on where its training broke.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  private static final System.Logger LOG = System.getLogger(TrainCommand.class.getName());

  @Parameters(paramLabel = "JOB.yaml", description = "The training's file.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the job, e.g. --set train.learning_rate=1e-4")
  private final List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    TrainJob job = JobReader.readTraining(file, overrides);
    TrainRequest request =
        Fetching.watched(
            job.name(),
            ProgressMode.AUTO,
            listener -> {
              ModelResolver models = new ModelResolver(HadoopConfiguration.current(), listener);
              return new TrainRequest(
                  job, models.resolve(job.model()), models.resolveAdapter(job.model()));
            });
    LOG.log(Level.INFO, "the effective job\n{0}", job.toYaml());
    try (SparkSession spark = Sessions.open("yukiguni " + job.name())) {
      StopSignals signals = StopSignals.listen("the step that runs is finished and kept");
      return new TrainRun(spark, request, System.out, signals::reason).run().code();
    }
  }
}
