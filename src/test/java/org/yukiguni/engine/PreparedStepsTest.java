package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.yukiguni.engine.EngineTest.CONTEXT;
import static org.yukiguni.engine.EngineTest.VOCABULARY;
import static org.yukiguni.engine.EngineTest.completion;
import static org.yukiguni.engine.EngineTest.noEos;
import static org.yukiguni.engine.EngineTest.request;
import static org.yukiguni.engine.EngineTest.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that are prepared while the one before them runs give what steps in turn give. */
@Timeout(60)
class PreparedStepsTest {
  private static FakeModel model(boolean worksApart) {
    return model(true, worksApart);
  }

  private static FakeModel model(boolean sharesPrompts, boolean worksApart) {
    return new FakeModel(
        new ModelLimits(CONTEXT, VOCABULARY, 1, sharesPrompts, worksApart), 1 << 20);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void allThatEndsOrSteersACompletionWorksAsInTurn(long seed) {
    Random random = new Random(seed);
    GenerationRequest[] requests = new GenerationRequest[60];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = anyRequest("row" + i, random, seed > 3);
    }
    for (int sequences : new int[] {5, 64}) {
      EngineLimits limits = new EngineLimits(sequences, 300, 1 << 20);
      Map<String, String> inTurn = described(run(model(false), limits, requests));
      assertThat(described(run(model(true), limits, requests))).isEqualTo(inTurn);
      assertThat(described(run(model(false, true), limits, requests))).isEqualTo(inTurn);
    }
  }

  @Test
  void aStepThatFailsTakesNobodyWithItWhoeverHadLeftOrJustBegun() {
    Random random = new Random(8);
    GenerationRequest[] requests = new GenerationRequest[40];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = anyRequest("row" + i, random, i % 3 == 0);
    }
    EngineLimits limits = new EngineLimits(9, 300, 1 << 20);
    Map<String, String> expected = described(run(model(false), limits, requests));
    for (int failing = 0; failing < 60; failing++) {
      FakeModel model = model(failing % 3 > 0, true);
      CountDownLatch submitted = new CountDownLatch(1);
      model.beforeStep = () -> EngineTest.awaitLatch(submitted);
      int[] left = {failing};
      model.beforeRun =
          step -> {
            if (left[0]-- == 0) {
              throw new IllegalStateException("no luck");
            }
          };
      try (Engine engine = new Engine("test", model, limits, Clock.SYSTEM)) {
        List<Outcome> outcomes = EngineTest.submitAndAwait(engine, submitted::countDown, requests);
        assertThat(described(outcomes)).as("step %d fails", failing).isEqualTo(expected);
      }
      assertThat(left[0]).isNegative();
    }
  }

  /** Of any length and number, with stops, penalties and bans, and sometimes a beam search. */
  private static GenerationRequest anyRequest(String id, Random random, boolean withBeams) {
    boolean isSearch = withBeams && random.nextInt(4) == 0;
    int n = 1 + random.nextInt(4);
    GenerationConfig config =
        new GenerationConfig(
            isSearch || n == 1 ? Sampling.GREEDY : Sampling.PLAIN,
            random.nextBoolean() ? Penalties.NONE : new Penalties(1.2, 3, 0.5, 0.1),
            new Constraints(
                random.nextBoolean() ? 0 : 2,
                List.of(),
                List.of(),
                List.of(7),
                OptionalInt.empty(),
                random.nextBoolean() ? List.of() : List.of(9)),
            OptionalInt.of(1 + random.nextInt(random.nextBoolean() ? 4 : 40)),
            OptionalInt.empty(),
            random.nextInt(4),
            0,
            n,
            random.nextInt(5),
            List.of(3, 4, 5),
            List.of(),
            isSearch ? new Beams(4, 1, EarlyStopping.FALSE) : Beams.NONE,
            random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(2));
    // Every second prompt begins with the same text.
    IntStream template = new Random(99).ints(random.nextBoolean() ? 300 : 0, 0, VOCABULARY);
    IntStream own = random.ints(1 + random.nextInt(200), 0, VOCABULARY);
    int[] prompt = IntStream.concat(template, own).toArray();
    Optional<Supplier<StopCondition>> stops =
        random.nextBoolean() ? Optional.empty() : Optional.of(PreparedStepsTest::everyTenth);
    return new GenerationRequest(id, prompt, config, stops);
  }

  private static StopCondition everyTenth() {
    return token -> token % 10 == 8 ? Optional.of("eight") : Optional.empty();
  }

  private static Map<String, String> described(List<Outcome> outcomes) {
    Map<String, String> described = new TreeMap<>();
    for (Outcome o : outcomes) {
      assertThat(described.put(o.id() + "/" + o.sequenceIndex(), describe(o))).isNull();
    }
    return described;
  }

  private static String describe(Outcome outcome) {
    if (outcome instanceof Outcome.Failure failure) {
      assertThat(failure.code()).as("%s", failure).isEqualTo(ErrorCode.NO_COMPLETION);
      return failure.message();
    }
    Outcome.Completion c = completion(outcome);
    return Arrays.toString(c.tokens())
        + c.finishReason()
        + c.stopReason()
        + c.cumulativeLogprob()
        + c.logprobs().size();
  }

  @Test
  void anOutcomeIsHandedOutWhileTheNextStepRuns() throws InterruptedException {
    FakeModel model = model(true);
    CountDownLatch submitted = new CountDownLatch(1);
    model.beforeStep = () -> EngineTest.awaitLatch(submitted);
    AtomicInteger whileRunning = new AtomicInteger();
    LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    try (Engine engine =
        new Engine("test", model, new EngineLimits(8, 512, 1 << 20), Clock.SYSTEM)) {
      for (int i = 0; i < 8; i++) {
        engine.submit(
            request("row" + i, new int[] {i}, noEos(10 + i)),
            outcome -> {
              if (model.started != null) {
                whileRunning.incrementAndGet();
              }
              outcomes.add(outcome);
            });
      }
      submitted.countDown();
      for (int i = 0; i < 8; i++) {
        assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isNotNull();
      }
    }
    assertThat(whileRunning).hasValue(7);
  }

  @Test
  void noStepIsRunForCompletionsWhoseLengthIsReached() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      requests.add(request("row" + i, new int[] {i}, noEos(20)));
    }
    FakeModel model = model(true);
    CountDownLatch submitted = new CountDownLatch(1);
    model.beforeStep = () -> EngineTest.awaitLatch(submitted);
    try (Engine engine =
        new Engine("test", model, new EngineLimits(8, 512, 1 << 20), Clock.SYSTEM)) {
      EngineTest.submitAndAwait(
          engine, submitted::countDown, requests.toArray(new GenerationRequest[0]));
      EngineTest.await(() -> engine.stats().running() == 0);
      assertThat(engine.stats().newTokens()).isEqualTo(8 * 20);
    }
    // A completion's second token may come a step later than its first one allows.
    assertThat(model.steps).isLessThanOrEqualTo(2 * 20 + 1);
    assertThat(model.started).isNull();
  }
}
