package org.yukiguni.spark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.sql.Row;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.GenerationRequest;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.StopCondition;
import org.yukiguni.engine.Timing;
import org.yukiguni.job.RowSettings;

/**
 * The rows of one task that are with the engine, and the output rows that came of them. Used by the
 * task's thread; only the queue of outcomes is shared with the engine's.
 */
final class RowWindow {
  private static final long POLL_MS = 100;

  private final Engine engine;
  private final TextCodec codec;
  private final RowSettings settings;
  private final long jobSeed;
  private final OutputRows rows;
  private final RowLimits limits;
  private final RowStops stops;
  private final Counters counters;
  private final BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
  private final Queue<Row> ready = new ArrayDeque<>();
  private int numOpen;

  /** The last one that was submitted; equal rows come one after another. */
  private Request last;

  RowWindow(
      Engine engine,
      TextCodec codec,
      RowSettings settings,
      RowLimits limits,
      OutputRows rows,
      Counters counters) {
    this.engine = engine;
    this.codec = codec;
    this.settings = settings;
    this.jobSeed = settings.config().seed();
    this.limits = limits;
    this.stops = new RowStops(limits);
    this.rows = rows;
    this.counters = counters;
  }

  private record Finished(Request request, Outcome outcome) {}

  /** A request with the engine, for a row and its twins: rows that ask for the same tokens. */
  private static final class Request {
    private final GenerationConfig config;
    private final List<PromptRow> rows = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    private Request(PromptRow row, GenerationConfig config) {
      this.config = config;
      rows.add(row);
    }

    private boolean isDone() {
      return outcomes.size() == config.numReturnSequences();
    }

    /** Whether a row need not be computed. Random numbers are other ones for another id. */
    private boolean isTwin(PromptRow row) {
      return !config.sampling().doSample() && rows.get(0).requestHash().equals(row.requestHash());
    }
  }

  /** Sequences with the engine. */
  int numOpen() {
    return numOpen;
  }

  /** Output rows that wait to be taken. */
  int numReady() {
    return ready.size();
  }

  boolean hasReady() {
    return !ready.isEmpty();
  }

  Row takeReady() {
    return ready.remove();
  }

  /**
   * Gives a row to the engine, or makes its error rows if the plan says that it cannot be given.
   */
  void submit(PromptRow prompt) {
    if (prompt.errorCode() != null) {
      for (int i = 0; i < prompt.numSequences(); i++) {
        error(prompt, jobSeed, i, prompt.errorCode(), prompt.errorMessage(), null);
      }
      counters.rowDone();
      return;
    }
    if (last != null && last.isTwin(prompt)) {
      follow(last, prompt);
      return;
    }
    GenerationConfig config = settings.config(prompt.generation());
    Request request = new Request(prompt, config);
    last = request;
    numOpen += config.sequencesPerPrompt();
    engine.submit(
        new GenerationRequest(
            prompt.id(), prompt.tokens(), config, Optional.of(stops(prompt, config))),
        outcome -> finished.add(new Finished(request, outcome)));
  }

  /** Gives a row the outcomes of its twin, those that are there at once. */
  private void follow(Request request, PromptRow twin) {
    for (Outcome outcome : request.outcomes) {
      add(twin, request.config.seed(), outcome, outcome.timing().ofTwin());
    }
    if (request.isDone()) {
      counters.rowDone();
    } else {
      request.rows.add(twin);
      numOpen++;
    }
  }

  /**
   * Waits until at least one outcome has come, and makes its output row.
   *
   * @param killCheck throws if the task was killed; called ten times a second
   */
  void await(Runnable killCheck) {
    try {
      Finished next = null;
      while (next == null) {
        killCheck.run();
        endIfHung();
        next = finished.poll(POLL_MS, TimeUnit.MILLISECONDS);
      }
      for (; next != null; next = finished.poll()) {
        take(next.request(), next.outcome());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      killCheck.run();
      throw new IllegalStateException(
          "Cannot wait for completions because the task was interrupted", e);
    }
  }

  /** Native code cannot be interrupted: only a new process helps. */
  private void endIfHung() {
    if (limits.maxStepTime().isOver(engine.stepNanos())) {
      engine.giveUp();
      ExecutorEnd.because(
          "Cannot go on because a step of the model has not returned after run.max_step_time, "
              + limits.maxStepTime()
              + "; if it would have, raise that");
    }
  }

  /**
   * Lets the engine drop what is still with it: a killed task's sequences end with their next
   * token, and those of other tasks go on.
   */
  void abandon() {
    stops.abandon();
  }

  private Supplier<StopCondition> stops(PromptRow prompt, GenerationConfig config) {
    return stops.around(
        config.stopStrings().isEmpty()
            ? () -> token -> Optional.empty()
            : codec.stops(prompt.tokens(), config.stopStrings()));
  }

  private void take(Request request, Outcome outcome) {
    if (outcome instanceof Outcome.Failure failure && engine.isClosed()) {
      // Not the row's fault: the task fails and runs again, here or elsewhere.
      if (engine.isDeviceLost()) {
        ExecutorEnd.because(failure.message());
      }
      throw new EngineEndedException(failure.message());
    }
    request.outcomes.add(outcome);
    Timing timing = outcome.timing();
    for (PromptRow row : request.rows) {
      add(row, request.config.seed(), outcome, timing);
      timing = outcome.timing().ofTwin();
    }
    if (request.isDone()) {
      numOpen -= request.config.sequencesPerPrompt() + request.rows.size() - 1;
      request.rows.forEach(row -> counters.rowDone());
    }
  }

  private void add(PromptRow row, long seed, Outcome outcome, Timing timing) {
    if (outcome instanceof Outcome.Completion completion) {
      complete(row, seed, completion, timing);
    } else if (outcome instanceof Outcome.Failure failure) {
      error(row, seed, failure.sequenceIndex(), failure.code().label(), failure.message(), timing);
    }
  }

  private void complete(PromptRow row, long seed, Outcome.Completion completion, Timing timing) {
    int index = completion.sequenceIndex();
    Optional<ErrorCode> cut = stops.error(completion);
    if (cut.isPresent()) {
      error(row, seed, index, cut.get().label(), stops.message(cut.get()), timing);
      return;
    }
    String text;
    try {
      text = codec.decode(completion.tokens());
    } catch (RuntimeException e) {
      error(
          row,
          seed,
          index,
          ErrorCode.TOKENIZER.label(),
          "Cannot decode the completion because " + e.getMessage(),
          timing);
      return;
    }
    ready.add(rows.completion(row, seed, completion, text, timing));
    counters.completion(completion.tokens().length, timing.deviceMs());
  }

  private void error(
      PromptRow prompt, long seed, int sequenceIndex, String code, String message, Timing timing) {
    ready.add(rows.error(prompt, seed, sequenceIndex, code, message, timing));
    counters.error();
  }
}
