package org.yukiguni.cli;

import java.lang.System.Logger.Level;
import org.yukiguni.hub.HubException;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.report.TerminalText;
import org.yukiguni.run.Causes;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.RunBrokenException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a person is told when something goes wrong: sentences, and an exit code. */
final class Problems {
  private static final System.Logger LOG = System.getLogger(Problems.class.getName());

  private Problems() {}

  /** Says what is wrong with the arguments. */
  static int wrongArguments(ParameterException problem, String[] args) {
    if (args.length == 0) {
      problem.getCommandLine().usage(System.err);
    } else if (args.length == 1 && args[0].equals("generate")) {
      System.err.println(
          "Cannot generate because no job file is given; try generate jobs/quickstart.yaml, or let"
              + " init DATASET MODEL write one");
    } else {
      System.err.println(TerminalText.lines(sentence(problem)));
    }
    return ExitCode.WRONG_JOB.code();
  }

  private static String sentence(ParameterException problem) {
    CommandLine at = problem.getCommandLine();
    if (at.getParent() != null) {
      return problem.getMessage() + "; " + at.getCommandName() + " --help says more";
    }
    String near =
        problem instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions().stream()
                .findFirst()
                .map("; did you mean %s?"::formatted)
                .orElse("")
            : "";
    return problem.getMessage() + (near.isEmpty() ? "; --help shows the commands" : near);
  }

  /** Says why a command could not do its work. */
  static int failedCommand(Exception problem, CommandLine command, ParseResult parsed) {
    return tell(problem).code();
  }

  /** Says why something failed; the stack trace of what we did not foresee goes to the log. */
  static ExitCode tell(Throwable problem) {
    if (problem instanceof InvalidJobException) {
      System.err.println(TerminalText.lines(problem.getMessage()));
      return ExitCode.WRONG_JOB;
    }
    if (problem instanceof HubException hub) {
      System.err.println(TerminalText.lines(hub.getMessage()));
      return hub.reason() == HubException.Reason.REFUSED ? ExitCode.WRONG_JOB : ExitCode.BROKEN;
    }
    if (!(problem instanceof RunBrokenException)) {
      LOG.log(Level.ERROR, "unexpected", problem);
    }
    System.err.println(
        TerminalText.lines(
            problem instanceof RunBrokenException
                ? problem.getMessage()
                : Causes.sentence(problem)));
    return ExitCode.BROKEN;
  }
}
