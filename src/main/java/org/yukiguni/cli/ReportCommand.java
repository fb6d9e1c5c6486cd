package org.yukiguni.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.report.Comparison;
import org.yukiguni.report.Output;
import org.yukiguni.report.Page;
import org.yukiguni.report.Screen;
import org.yukiguni.report.Summary;
import org.yukiguni.report.SummaryReader;
import org.yukiguni.report.TrainingLog;
import org.yukiguni.report.TrainingScreen;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.FinishedRuns;
import org.yukiguni.run.PageFile;
import org.yukiguni.train.FinishedSteps;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What the newest run of an output folder has written, or a training; or two runs beside each
 * other.
 */
@Command(
    name = "report",
    description = "Tells what the newest run of an output folder has written.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "OUTPUT", description = "The output.path of a job.")
  private String output;

  @Option(
      names = "--against",
      paramLabel = "OTHER",
      description =
          "The output.path of another job; compares the runs: speed, lengths, errors, and the"
              + " completions of the same prompts.")
  private String against;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also writes one HTML page that needs no network.")
  private String html;

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = Sessions.open("yukiguni report")) {
      Optional<TrainingLog> training = FinishedSteps.of(spark, output);
      if (training.isPresent()) {
        return tell(spark, training.orElseThrow());
      }
      Output newest = FinishedRuns.newest(spark, output, System.out);
      return against == null ? tell(spark, newest) : compare(spark, newest);
    }
  }

  private int tell(SparkSession spark, Output newest) {
    Summary summary = SummaryReader.read(newest);
    Screen.print(newest, summary, html == null ? "--html FILE also writes a page" : "", System.out);
    if (html != null) {
      PageFile.write(spark, html, Page.of(newest, summary));
    }
    return FinishedRuns.exitCode(newest.run(), summary).code();
  }

  private int tell(SparkSession spark, TrainingLog training) throws IOException {
    if (against != null) {
      throw new InvalidJobException(
          "Cannot compare %s because it holds a training; give the outputs of two generation jobs"
              .formatted(output));
    }
    TrainingScreen.print(training, System.out);
    TrainingScreen.printJson(training, System.out);
    if (html != null) {
      PageFile.write(spark, html, Page.of(training));
    }
    return (training.isDone() ? ExitCode.OK : ExitCode.BROKEN).code();
  }

  private int compare(SparkSession spark, Output newest) {
    Comparison comparison = Comparison.of(newest, FinishedRuns.newest(spark, against, System.out));
    Screen.print(comparison, System.out);
    if (html != null) {
      PageFile.write(spark, html, Page.of(comparison));
    }
    return 0;
  }
}
