package org.yukiguni.spark;

import java.util.ArrayDeque;
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
  private final RowStops stops;
  private final Counters counters;
  private final BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
  private final Queue<Row> ready = new ArrayDeque<>();
  private int numOpen;

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
    this.stops = new RowStops(limits);
    this.rows = rows;
    this.counters = counters;
  }

  private record Finished(Open row, Outcome outcome) {}

  /** A row with the engine. */
  private static final class Open {
    private final PromptRow prompt;
    private final GenerationConfig config;
    private int numMissing;

    private Open(PromptRow prompt, GenerationConfig config) {
      this.prompt = prompt;
      this.config = config;
      this.numMissing = config.numReturnSequences();
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
    GenerationConfig config = settings.config(prompt.generation());
    Open open = new Open(prompt, config);
    GenerationRequest request =
        new GenerationRequest(
            prompt.id(), prompt.tokens(), config, Optional.of(stops(prompt, config)));
    numOpen += config.sequencesPerPrompt();
    engine.submit(request, outcome -> finished.add(new Finished(open, outcome)));
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
        next = finished.poll(POLL_MS, TimeUnit.MILLISECONDS);
      }
      for (; next != null; next = finished.poll()) {
        take(next.row(), next.outcome());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      killCheck.run();
      throw new IllegalStateException(
          "Cannot wait for completions because the task was interrupted", e);
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

  private void take(Open row, Outcome outcome) {
    if (outcome instanceof Outcome.Completion completion) {
      complete(row, completion);
    } else if (outcome instanceof Outcome.Failure failure) {
      if (engine.isClosed()) {
        // Not the row's fault: the task fails and runs again, here or elsewhere.
        if (engine.isDeviceLost()) {
          ExecutorEnd.because(failure.message());
        }
        throw new EngineEndedException(failure.message());
      }
      error(
          row.prompt,
          row.config.seed(),
          failure.sequenceIndex(),
          failure.code().label(),
          failure.message(),
          failure.timing());
    }
    row.numMissing--;
    if (row.numMissing == 0) {
      numOpen -= row.config.sequencesPerPrompt();
      counters.rowDone();
    }
  }

  private void complete(Open row, Outcome.Completion completion) {
    Optional<ErrorCode> cut = stops.error(completion);
    if (cut.isPresent()) {
      error(
          row.prompt,
          row.config.seed(),
          completion.sequenceIndex(),
          cut.get().label(),
          stops.message(cut.get()),
          completion.timing());
      return;
    }
    String text;
    try {
      text = codec.decode(completion.tokens());
    } catch (RuntimeException e) {
      error(
          row.prompt,
          row.config.seed(),
          completion.sequenceIndex(),
          ErrorCode.TOKENIZER.label(),
          "Cannot decode the completion because " + e.getMessage(),
          completion.timing());
      return;
    }
    ready.add(rows.completion(row.prompt, row.config.seed(), completion, text));
    counters.completion(completion.tokens().length, completion.timing().deviceMs());
  }

  private void error(
      PromptRow prompt, long seed, int sequenceIndex, String code, String message, Timing timing) {
    ready.add(rows.error(prompt, seed, sequenceIndex, code, message, timing));
    counters.error();
  }
}
