package org.yukiguni.engine;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Generates completions for many requests at once, with one model on one thread of its own: take
 * what was submitted, schedule a step, run it, hand out what it finished.
 */
public final class Engine implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  private final LanguageModel model;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Results results;
  private final LinkedBlockingQueue<ActiveRequest> inbox = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean isDeviceLost;
  private volatile boolean isGivenUp;

  /** The step that was started and is not finished; null if there is none. */
  private Plan underWay;

  /** When the step that runs began; null between two. */
  private volatile Long stepStart;

  private volatile EngineStats stats = new EngineStats(0, 0, 0, 0, 0, 0, 0);

  /**
   * Starts the engine's thread. The engine owns the model from here on and closes it.
   *
   * @param name of the thread, for logs
   */
  public Engine(String name, LanguageModel model, EngineLimits limits, Clock clock) {
    this.model = model;
    this.clock = clock;
    this.scheduler = new Scheduler(limits, model.limits());
    this.results = new Results(scheduler, clock);
    this.thread = new Thread(this::loop, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Queues a request; callable from any thread, returns at once. Its outcomes, {@code
   * num_return_sequences} of them, go to {@code sink} on the engine's thread as they finish; the
   * sink must be quick.
   */
  public void submit(GenerationRequest request, Consumer<Outcome> sink) {
    ActiveRequest active = new ActiveRequest(request, sink, clock);
    inbox.add(active);
    if (closed && inbox.remove(active)) {
      active.refuse(ErrorCode.ENGINE, "Cannot generate because the engine is closed", clock);
    }
  }

  /** What has been done so far; callable from any thread. */
  public EngineStats stats() {
    return stats;
  }

  /** What is known of its model. */
  public ModelLimits modelLimits() {
    return model.limits();
  }

  /** For how long the step that runs has been running, in nanoseconds; 0 between two. */
  public long stepNanos() {
    Long start = stepStart;
    return start == null ? 0 : clock.nanos() - start;
  }

  /**
   * Gives up an engine whose step does not return: it takes no more rows, and nobody waits for it.
   * If the step does return, it ends as by {@link #close}.
   */
  public void giveUp() {
    isGivenUp = true;
    closed = true;
  }

  /**
   * Ends the thread after the current step, and waits for that unless it was given up; what still
   * waits or runs fails with ENGINE.
   */
  @Override
  public void close() {
    closed = true;
    if (isGivenUp) {
      return;
    }
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether it has ended, by {@link #close}, {@link #giveUp} or because its thread failed; it takes
   * no more rows.
   */
  public boolean isClosed() {
    return closed;
  }

  /** Whether it has ended because its device cannot be used any more by this process. */
  public boolean isDeviceLost() {
    return isDeviceLost;
  }

  private void loop() {
    String ending = "the engine was closed";
    try {
      while (!closed) {
        takeSubmitted();
        if (underWay != null) {
          step();
        } else if (!scheduler.isIdle()) {
          Throwable problem = start(scheduler.schedule());
          if (problem != null) {
            recover(problem);
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "{0} interrupted", thread.getName());
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, thread.getName() + " ends", e);
      ending = "the engine failed: " + e.getMessage();
      isDeviceLost = e instanceof DeviceFaultException;
    } finally {
      closed = true;
      stepStart = null;
      failAll("Cannot finish because " + ending);
      model.close();
    }
  }

  private void takeSubmitted() throws InterruptedException {
    if (underWay == null && scheduler.isIdle()) {
      admit(inbox.take());
    }
    for (ActiveRequest next = inbox.poll(); next != null; next = inbox.poll()) {
      admit(next);
    }
  }

  private void admit(ActiveRequest active) {
    ModelLimits limits = model.limits();
    GenerationConfig config = active.request.config();
    int length = active.promptLength();
    if (length == 0) {
      active.refuse(
          ErrorCode.PROMPT_EMPTY,
          "Cannot generate because the prompt has no token; give it a text",
          clock);
    } else if (config.maxNewTokens(length, limits.contextLength()) < 1) {
      active.refuse(
          ErrorCode.PROMPT_TOO_LONG,
          String.format(
              "Cannot generate because the prompt has %d tokens and leaves no room for a new one in"
                  + " %d%s; shorten it",
              length,
              Math.min(limits.contextLength(), config.maxLength().orElse(Integer.MAX_VALUE)),
              length >= limits.contextLength() ? " (the model's context)" : " (max_length)"),
          clock);
    } else {
      String reason = scheduler.add(active);
      if (reason != null) {
        active.refuse(ErrorCode.KV_MEMORY, reason, clock);
      }
    }
  }

  /** Starts a step; returns why that failed, or null. */
  private Throwable start(Plan plan) {
    long start = clock.nanos();
    for (Plan.Share share : plan.shares()) {
      ActiveRequest request = share.sequence().request;
      if (request.firstStepNanos == 0) {
        request.firstStepNanos = start;
      }
    }
    underWay = plan;
    stepStart = start;
    try {
      model.start(plan.step());
      return null;
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      stepStart = null;
      return e;
    }
  }

  /** Finishes the step under way, and starts the one behind it if that could be prepared. */
  private void step() {
    Plan plan = underWay;
    Plan next = model.limits().worksApart() ? scheduler.scheduleBehind(plan).orElse(null) : null;
    long start = stepStart;
    StepResult result;
    try {
      result = model.finish();
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      recover(e);
      return;
    } finally {
      stepStart = null;
    }
    long nanos = clock.nanos() - start;
    share(plan, nanos);
    int newTokens = results.append(plan, result);
    underWay = null;
    // The device waits for the next step, the completions do not.
    Throwable problem = next == null ? null : start(next);
    results.settle(plan, result);
    count(plan, newTokens + result.beams().size(), nanos);
    if (problem != null) {
      recover(problem);
    }
  }

  /** Divides a step's time among those that it was of use to. */
  private static void share(Plan plan, long nanos) {
    List<Plan.Share> shares =
        plan.shares().stream().filter(share -> !share.sequence().isOver).toList();
    double tokens = shares.stream().mapToDouble(Plan.Share::tokens).sum();
    shares.forEach(
        share -> share.sequence().deviceNanos += Math.round(nanos * share.tokens() / tokens));
  }

  private void recover(Throwable problem) {
    if (problem instanceof DeviceFaultException e) {
      throw e;
    }
    model.clearCache();
    List<Sequence> started = scheduler.abandonStarted(underWay);
    underWay = null;
    retryOrFail(started, problem);
  }

  private void retryOrFail(List<Sequence> started, Throwable problem) {
    boolean isOutOfMemory = problem instanceof OutOfMemoryError;
    if (scheduler.retry(started, isOutOfMemory)) {
      LOG.log(
          Level.WARNING,
          "a step with {0} completions failed, trying again with half of them: {1}",
          started.size(),
          problem);
      return;
    }
    LOG.log(Level.ERROR, "a step with one row failed", problem);
    if (isOutOfMemory) {
      fail(
          started,
          ErrorCode.OUT_OF_MEMORY,
          "Cannot finish because the row alone needs more memory than there is: "
              + problem.getMessage()
              + "; give the executor more, or shorten the row");
    } else {
      fail(
          started,
          ErrorCode.ENGINE,
          "Cannot finish because a step of the model with this row alone failed: "
              + problem.getMessage());
    }
  }

  private void count(Plan plan, int newTokens, long nanos) {
    stats =
        new EngineStats(
            stats.steps() + 1,
            stats.busyNanos() + nanos,
            stats.promptTokens() + plan.promptTokens(),
            stats.newTokens() + newTokens,
            scheduler.running(),
            scheduler.waiting(),
            scheduler.kvTokens());
  }

  private void fail(List<Sequence> started, ErrorCode code, String message) {
    started.forEach(s -> s.request.fail(s, code, message, clock));
  }

  private void failAll(String message) {
    fail(scheduler.abandonStarted(underWay), ErrorCode.ENGINE, message);
    for (List<ActiveRequest> rest : List.of(scheduler.abandonWaiting(), drainInbox())) {
      rest.forEach(request -> request.refuse(ErrorCode.ENGINE, message, clock));
    }
  }

  private List<ActiveRequest> drainInbox() {
    List<ActiveRequest> rest = new ArrayList<>();
    inbox.drainTo(rest);
    return rest;
  }
}
