package org.yukiguni.spark;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.StopCondition;

/**
 * What ends the completions of a task beside their own stop strings: the limits of the job, and the
 * end of the task. To do this by stop conditions, and not by calls to the engine, spares the engine
 * a second way for a completion to end.
 */
final class RowStops {
  /** Reasons that no stop string can be, since a job's texts hold no zero. */
  private static final String ABANDONED = "\0abandoned";

  private static final String TIME = "\0time";
  private static final String REPEATS = "\0repeats";

  private static final Map<String, ErrorCode> CODES =
      Map.of(TIME, ErrorCode.ROW_TIME, REPEATS, ErrorCode.REPETITION);

  private final RowLimits limits;
  private volatile boolean isAbandoned;

  RowStops(RowLimits limits) {
    this.limits = limits;
  }

  /** Ends all completions with their next token. */
  void abandon() {
    isAbandoned = true;
  }

  /** Stop conditions that end a completion as asked, or before. */
  Supplier<StopCondition> around(Supplier<StopCondition> asked) {
    return () -> new Watch(asked.get());
  }

  /** Which error a completion is that was ended before its end; empty if it is none. */
  Optional<ErrorCode> error(Outcome.Completion completion) {
    return completion.stopReason().map(CODES::get);
  }

  /** One sentence on such an error. */
  String message(ErrorCode code) {
    return code == ErrorCode.ROW_TIME
        ? "Cannot finish because the completion takes longer than run.max_row_time, "
            + limits.maxTime()
            + "; raise it, or lower max_new_tokens"
        : "Cannot use the completion because it says the same "
            + limits.maxRepeats()
            + " times in a row; set a repetition_penalty, or raise run.max_repeats";
  }

  /** Watches one completion. */
  private final class Watch implements StopCondition {
    private final StopCondition asked;
    private final Repeats repeats = new Repeats();
    private long firstTokenNanos;

    private Watch(StopCondition asked) {
      this.asked = asked;
    }

    @Override
    public Optional<String> accept(int token) {
      if (isAbandoned) {
        return Optional.of(ABANDONED);
      }
      if (limits.maxRepeats() > 0 && repeats.add(token) >= limits.maxRepeats()) {
        return Optional.of(REPEATS);
      }
      return isLate() ? Optional.of(TIME) : asked.accept(token);
    }

    private boolean isLate() {
      if (limits.maxTime().isNone()) {
        return false;
      }
      long now = System.nanoTime();
      firstTokenNanos = firstTokenNanos == 0 ? now : firstTokenNanos;
      return limits.maxTime().isOver(now - firstTokenNanos);
    }
  }
}
