package org.yukiguni.run;

import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.OutputMode;

/**
 * Chooses between going on with a run, starting a new one and refusing. The one place where this is
 * decided; what is left to do of a run are the chunks that are not done, and nothing else.
 */
final class RunChoice {
  private static final System.Logger LOG = System.getLogger(RunChoice.class.getName());

  private final OutputFolder output;
  private final OutputMode mode;
  private boolean isIncremental;
  private final Identity identity;
  private final Inputs inputs;

  /** What a choice may need to look at, which costs time. */
  interface Inputs {
    /** The input as it is now. */
    InputMark mark();

    /** The programs that run now. */
    Map<String, String> versions();
  }

  RunChoice(OutputFolder output, OutputMode mode, Identity identity, Inputs inputs) {
    this.output = output;
    this.mode = mode;
    this.identity = identity;
    this.inputs = inputs;
  }

  /** Chooses a new run where else the finished one would do; that one has what it need not do. */
  RunChoice incremental() {
    if (mode == OutputMode.OVERWRITE || mode == OutputMode.FAIL) {
      throw new InvalidJobException(
          "output.incremental: Cannot be used with output.mode %s, which leaves no earlier run; set output.mode: resume"
              .formatted(mode.toString().toLowerCase(Locale.ROOT)));
    }
    isIncremental = true;
    return this;
  }

  /**
   * The run to go on with, be it finished; empty to start a new one. Removes what the mode says.
   *
   * @throws InvalidJobException if the mode forbids both
   */
  Optional<RunFolder> make() {
    if (mode == OutputMode.FAIL) {
      refuseAny();
    }
    // A run whose planning was broken off has no result; its plan cannot be trusted.
    output.runs().stream()
        .filter(run -> mode == OutputMode.OVERWRITE || run.record().isEmpty())
        .forEach(RunFolder::delete);
    List<RunFolder> runs = output.runs();
    Optional<RunFolder> same =
        runs.stream()
            .filter(run -> differences(run).isEmpty())
            .max(Comparator.comparing(RunFolder::id));
    if (same.isPresent() && !isFinished(same.get())) {
      return goOn(same.get());
    }
    if (mode == OutputMode.NEW || runs.isEmpty() || isIncremental) {
      return Optional.empty();
    }
    return Optional.of(same.orElseThrow(() -> changedJob(runs.get(runs.size() - 1))));
  }

  private Optional<RunFolder> goOn(RunFolder run) {
    Map<String, String> before = run.record().orElseThrow().versions();
    Map<String, String> now = inputs.versions();
    if (!before.equals(now)) {
      LOG.log(
          Level.WARNING,
          "run {0} was begun with {1} and goes on with {2}, which may give other tokens",
          run.id(),
          before,
          now);
    }
    return Optional.of(run);
  }

  private void refuseAny() {
    List<RunFolder> runs = output.runs();
    if (!runs.isEmpty()) {
      throw new InvalidJobException(
          "Cannot write to output.path %s because it holds run %s and output.mode is fail; choose another path, or resume, new or overwrite"
              .formatted(output, runs.get(runs.size() - 1).id()));
    }
  }

  private InvalidJobException changedJob(RunFolder run) {
    return new InvalidJobException(
        "Cannot go on with run %s in output.path %s because the job has changed: %s; run it as it was, or set output.mode: new to start a run beside it, or overwrite to remove it"
            .formatted(run.id(), output, String.join(", ", differences(run))));
  }

  /**
   * Checks that a finished run has the input that is there now. The plan of one that is not
   * finished holds its input.
   *
   * @throws InvalidJobException if not
   */
  void refuseChangedInput(RunFolder run) {
    if (!isFinished(run)) {
      return;
    }
    InputMark before = run.record().orElseThrow().input();
    InputMark now = inputs.mark();
    if (!now.equals(before)) {
      throw new InvalidJobException(
          "Cannot call the job done because the input has changed since run %s in output.path %s: it had %,d rows and has %,d%s; set output.mode: new to start a run beside it, or overwrite to remove it"
              .formatted(
                  run.id(),
                  output,
                  before.rows(),
                  now.rows(),
                  before.rows() == now.rows() ? " of other content" : ""));
    }
  }

  private List<String> differences(RunFolder run) {
    return identity.differencesFrom(new Identity(run.record().orElseThrow().identity()));
  }

  private static boolean isFinished(RunFolder run) {
    return run.missingChunks(run.record().orElseThrow()).length == 0;
  }
}
