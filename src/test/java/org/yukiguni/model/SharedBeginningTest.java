package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.GenerationRequest;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;

/**
 * On a processor a prompt whose beginning was computed for another one gets the bits that it gets
 * alone.
 */
class SharedBeginningTest {
  private static final int REQUESTS = 8;

  /** Of which two whole chunks are shared. */
  private static final int TEMPLATE = 530;

  private static final int SHARED = 512;

  @ParameterizedTest
  @CsvSource({
    "data/models/yukiguni-mini, FLOAT32",
    "data/models/yukiguni-mini, INT8",
    "src/test/resources/fixtures/llama-sharded, FLOAT32",
    "src/test/resources/fixtures/mistral, FLOAT32",
    "src/test/resources/fixtures/gemma2, FLOAT32"
  })
  void theSameBitsAsAlone(String fixture, WeightFormat weights, @TempDir Path folder)
      throws IOException, InterruptedException {
    LongContext.of(Path.of(fixture), folder);
    Map<String, String> alone = new TreeMap<>();
    int tokens = 0;
    try (Engine engine = open(folder, weights)) {
      for (int i = 0; i < REQUESTS; i++) {
        alone.putAll(generate(engine, i, i + 1));
        tokens += prompt(engine, i).length;
      }
      assertThat(engine.stats().promptTokens()).isEqualTo(tokens);
    }
    try (Engine engine = open(folder, weights)) {
      assertThat(generate(engine, 0, REQUESTS)).isEqualTo(alone);
      // The first one may come before there is another one to be compared with.
      assertThat(engine.stats().promptTokens())
          .isLessThanOrEqualTo(tokens - (REQUESTS - 3) * SHARED);
    }
  }

  private static Engine open(Path folder, WeightFormat weights) {
    TorchModel model = TorchModel.open(folder, new ModelOptions("cpu", 2, weights));
    long kvBytes = 4 * EngineLimits.leastKvBytes(model.limits());
    return new Engine("shared", model, new EngineLimits(5, 300, kvBytes), Clock.SYSTEM);
  }

  /** Every prompt but one begins with the same text. */
  private static int[] prompt(Engine engine, int i) {
    int vocabulary = engine.modelLimits().vocabularySize();
    IntStream template = new Random(i == 3 ? 98 : 99).ints(TEMPLATE, 0, vocabulary);
    return IntStream.concat(template, new Random(i).ints(7 * i + 1, 0, vocabulary)).toArray();
  }

  /** Ids and log-probabilities of two drawn completions of some of the prompts. */
  private static Map<String, String> generate(Engine engine, int from, int to)
      throws InterruptedException {
    GenerationConfig config =
        new GenerationConfig(
            new Sampling(true, 1, 20, 1, 0, 1, 0, 0),
            Penalties.NONE,
            Constraints.NONE,
            OptionalInt.of(6),
            OptionalInt.empty(),
            0,
            0,
            2,
            7,
            List.of(),
            List.of(),
            Beams.NONE,
            OptionalInt.of(0));
    LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    for (int i = from; i < to; i++) {
      engine.submit(
          new GenerationRequest(Integer.toString(i), prompt(engine, i), config, Optional.empty()),
          outcomes::add);
    }
    Map<String, String> found = new TreeMap<>();
    for (int i = 0; i < 2 * (to - from); i++) {
      Outcome.Completion done = (Outcome.Completion) outcomes.poll(60, TimeUnit.SECONDS);
      found.put(done.id() + "/" + done.sequenceIndex(), done.logprobs().toString());
    }
    return found;
  }
}
