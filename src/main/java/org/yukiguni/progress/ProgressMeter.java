package org.yukiguni.progress;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.yukiguni.spark.EngineStatus;
import org.yukiguni.spark.ExecutorStatus;
import org.yukiguni.spark.Fetch;
import org.yukiguni.spark.Sums;

/**
 * Makes rates and a time to go of counts. The time to go is that of the tokens that are left: those
 * of the prompts that were not computed yet, and for every completion that is missing the mean
 * length as far as it is known. Rows alone would mislead, since the longest prompts run first.
 */
final class ProgressMeter {
  private static final double WINDOW_SECONDS = 10;

  private final String job;
  private final DoubleSupplier clock;
  private final Deque<Sample> recent = new ArrayDeque<>();
  private final FetchRates fetchRates = new FetchRates();
  private Phase phase = Phase.READING;
  private Phase shown = phase;
  private double shownSince;
  private Work work = new Work(0, 0, 1, -1);
  private Sample atStart;

  private record Sample(double seconds, long promptTokens, long newTokens) {}

  /**
   * Starts in the phase {@link Phase#READING}.
   *
   * @param clock seconds from any origin
   */
  ProgressMeter(String job, DoubleSupplier clock) {
    this.job = job;
    this.clock = clock;
    shownSince = clock.getAsDouble();
  }

  void enter(Phase next) {
    phase = next;
    show(next);
  }

  private void show(Phase next) {
    shown = next;
    shownSince = clock.getAsDouble();
  }

  void plan(Work planned) {
    work = planned;
  }

  /** The state now; call it about once a second. */
  ProgressState read(Sums sums, List<Fetch> driverFetches, List<ExecutorStatus> executors) {
    double now = clock.getAsDouble();
    List<ProgressState.Fetch> fetches = fetchRates.read(now, driverFetches, executors);
    List<EngineStatus> engines = executors.stream().flatMap(e -> e.engines().stream()).toList();
    boolean isLoading =
        phase == Phase.GENERATING
            && engines.stream().allMatch(EngineStatus::isLoading)
            && sums.rows() == 0;
    if (phase == Phase.GENERATING && !isLoading) {
      sample(now, engines, sums);
    }
    Phase visible = visible(isLoading, !fetches.isEmpty());
    if (visible != shown) {
      show(visible);
    }
    return new ProgressState(
        job,
        shown.label(),
        now - shownSince,
        work.rows(),
        work.rowsBefore() + sums.rows(),
        sums.completions(),
        sums.errors(),
        rate(recent.peekFirst(), recent.peekLast()),
        rate(atStart, recent.peekLast()),
        secondsLeft(sums, engines.stream().mapToInt(EngineStatus::running).sum()),
        fetches,
        engines(executors));
  }

  /** Whoever waits for a model is told so, whatever it is wanted for. */
  private Phase visible(boolean isLoading, boolean isFetching) {
    boolean isWaiting = phase != Phase.GENERATING || isLoading;
    return isFetching && isWaiting ? Phase.DOWNLOADING : isLoading ? Phase.LOADING : phase;
  }

  private void sample(double now, List<EngineStatus> engines, Sums sums) {
    Sample last = recent.peekLast();
    long prompt = engines.stream().mapToLong(EngineStatus::promptTokens).sum();
    long drawn = engines.stream().mapToLong(EngineStatus::newTokens).sum();
    // An engine that is gone takes its counts along; what was seen stays seen.
    Sample sample =
        new Sample(
            now,
            Math.max(prompt, last == null ? 0 : last.promptTokens),
            Math.max(Math.max(drawn, sums.tokens()), last == null ? 0 : last.newTokens));
    recent.addLast(sample);
    if (atStart == null) {
      // An engine can be older than the run, if the job before had the same model.
      atStart = engines.isEmpty() ? new Sample(now, 0, 0) : sample;
    }
    while (recent.size() > 2 && now - recent.peekFirst().seconds > WINDOW_SECONDS) {
      recent.removeFirst();
    }
  }

  private static double rate(Sample from, Sample to) {
    return from == null || to == null || to.seconds <= from.seconds
        ? 0
        : (to.newTokens - from.newTokens) / (to.seconds - from.seconds);
  }

  /**
   * The mean length of a completion. Those that ended first are the short ones, so the ones in work
   * count too, as half of a completion each.
   */
  private static double meanLength(Sums sums, long drawn, int running) {
    double ended = sums.completions();
    return Math.max(sums.tokens() / ended, drawn / (ended + running / 2.0));
  }

  private Long secondsLeft(Sums sums, int running) {
    Sample last = recent.peekLast();
    if (phase != Phase.GENERATING || last == null || sums.completions() == 0) {
      return null;
    }
    if (sums.completions() < running) {
      // Nobody can tell yet how long the others become.
      return null;
    }
    long promptsDone = last.promptTokens - atStart.promptTokens;
    long drawn = last.newTokens - atStart.newTokens;
    double seconds = last.seconds - atStart.seconds;
    long rowsLeft = work.rows() - work.rowsBefore() - sums.rows();
    double toDraw =
        (double) (work.rows() - work.rowsBefore())
                * work.completionsPerRow()
                * meanLength(sums, drawn, running)
            - drawn;
    double prompts = work.promptTokens() < 0 ? 0 : work.promptTokens() - (double) promptsDone;
    double done = (work.promptTokens() < 0 ? 0 : promptsDone) + (double) drawn;
    if (seconds <= 0 || done <= 0) {
      return null;
    }
    return rowsLeft == 0
        ? 0L
        : Math.round((Math.max(0, toDraw) + Math.max(0, prompts)) * seconds / done);
  }

  private static List<ProgressState.Engine> engines(List<ExecutorStatus> executors) {
    List<ProgressState.Engine> shown = new ArrayList<>();
    for (ExecutorStatus executor : executors) {
      for (EngineStatus engine : executor.engines()) {
        shown.add(
            new ProgressState.Engine(
                executor.executorId(),
                engine.device(),
                engine.isLoading() ? engine.loadMs() / 1000.0 : null,
                engine.layersLoaded(),
                engine.layers(),
                engine.running(),
                engine.waiting(),
                engine.kvShare()));
      }
    }
    return shown;
  }
}
