package org.yukiguni.engine;

import java.util.function.Consumer;

/** Generates completions for many requests at once with one model on one thread of its own. */
public final class Engine implements AutoCloseable {
  private final LanguageModel model;

  /**
   * Starts the engine's thread. The engine owns the model from here on and closes it.
   *
   * @param name of the thread, for logs
   */
  public Engine(String name, LanguageModel model, EngineLimits limits, Clock clock) {
    this.model = java.util.Objects.requireNonNull(model);
  }

  /**
   * Queues a request; callable from any thread, returns at once. Its outcomes, {@code
   * num_return_sequences} of them, go to {@code sink} on the engine's thread as they finish.
   */
  public void submit(GenerationRequest request, Consumer<Outcome> sink) {
    sink.accept(new Outcome.Failure(request.id(), 0, ErrorCode.ENGINE, "", null));
  }

  /** Ends the thread after the current step; what still waits or runs fails with ENGINE. */
  @Override
  public void close() {
    model.close();
  }
}
