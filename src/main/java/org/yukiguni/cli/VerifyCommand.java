package org.yukiguni.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.api.Requests;
import org.yukiguni.job.JobReader;
import org.yukiguni.run.Verification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether the newest run of an output folder can be repeated here. */
@Command(
    name = "verify",
    description = "Generates a sample of a run's rows again and compares the tokens.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "OUTPUT", description = "The output.path of a job.")
  private String output;

  @Option(names = "--rows", description = "Prompts to look at; ${DEFAULT-VALUE} if not given.")
  private int rows = 100;

  @Option(names = "--seed", description = "Chooses them; ${DEFAULT-VALUE} if not given.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = Sessions.open("yukiguni verify")) {
      Verification verification = Verification.ofNewest(spark, output);
      return verification
          .run(Requests.of(JobReader.parse(verification.job(), List.of())), rows, seed, System.out)
          .code();
    }
  }
}
