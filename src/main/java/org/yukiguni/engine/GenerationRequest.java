package org.yukiguni.engine;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One row to generate for.
 *
 * @param id identifies the row; with the seed it keys the row's random numbers, so that the same
 *     request gives the same tokens wherever and whenever it runs
 * @param promptTokens the prompt, at least one token; not to be changed afterwards
 * @param config what to generate
 * @param stops makes the stop condition of each completion; empty when only tokens and lengths stop
 */
public record GenerationRequest(
    String id,
    int[] promptTokens,
    GenerationConfig config,
    Optional<Supplier<StopCondition>> stops) {
  public GenerationRequest {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(promptTokens, "promptTokens");
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(stops, "stops");
  }
}
