package org.yukiguni.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program: {@code spark-submit yukiguni.jar COMMAND}. */
@Command(
    name = "yukiguni",
    description = "Generates text in bulk with local language models on Apache Spark.",
    subcommands = {
      InitCommand.class,
      GenerateCommand.class,
      TrainCommand.class,
      ReportCommand.class,
      VerifyCommand.class,
      DownloadCommand.class,
      BenchCommand.class,
      AutoComplete.GenerateCompletion.class
    },
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "First steps:",
      "  init DATASET MODEL           writes a job file",
      "  generate JOB.yaml --dry-run  shows its first prompt and counts tokens",
      "  generate JOB.yaml            runs it, or goes on where it broke",
      "  report OUTPUT --html FILE    shows what came of it",
      "",
      "Exit codes:",
      "  0  all rows are done",
      "  1  the job or its input is wrong; nothing was generated",
      "  2  more rows failed than run.max_error_ratio allows",
      "  3  the run broke or was stopped; the same command goes on with it"
    })
public final class Yukiguni {
  private Yukiguni() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** Runs a command. */
  static int execute(String... args) {
    return new CommandLine(new Yukiguni())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Problems::wrongArguments)
        .setExecutionExceptionHandler(Problems::failedCommand)
        .execute(args);
  }
}
