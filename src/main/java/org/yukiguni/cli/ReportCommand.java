package org.yukiguni.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.report.Output;
import org.yukiguni.report.Screen;
import org.yukiguni.run.FinishedRuns;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What the newest run of an output folder has written. */
@Command(
    name = "report",
    description = "Prints what the newest run of an output folder has written.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "OUTPUT", description = "The output.path of a job.")
  private String output;

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = Sessions.open("yukiguni report")) {
      Output newest = FinishedRuns.newest(spark, output, System.out);
      return FinishedRuns.exitCode(newest.run(), Screen.print(newest, System.out)).code();
    }
  }
}
