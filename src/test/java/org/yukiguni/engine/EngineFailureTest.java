package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.yukiguni.engine.EngineTest.CONTEXT;
import static org.yukiguni.engine.EngineTest.VOCABULARY;
import static org.yukiguni.engine.EngineTest.WIDE;
import static org.yukiguni.engine.EngineTest.config;
import static org.yukiguni.engine.EngineTest.noEos;
import static org.yukiguni.engine.EngineTest.request;
import static org.yukiguni.engine.EngineTest.run;
import static org.yukiguni.engine.EngineTest.tokensByKey;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps that fail cost time, and at most the row that makes them fail. */
@Timeout(60)
class EngineFailureTest {
  private final FakeModel model = new FakeModel(CONTEXT, VOCABULARY, 1 << 20);

  private static GenerationRequest[] requests() {
    Random random = new Random(3);
    GenerationRequest[] requests = new GenerationRequest[30];
    for (int i = 0; i < requests.length; i++) {
      int[] prompt = random.ints(1 + random.nextInt(i % 5 == 0 ? 700 : 30), 0, 90).toArray();
      requests[i] = request("row" + i, prompt, config(1 + random.nextInt(60), 1 + i % 4, i));
    }
    return requests;
  }

  /** Outcomes of each key, which must be one. */
  private static Map<String, Outcome> byKey(List<Outcome> outcomes) {
    Map<String, Outcome> byKey = new TreeMap<>();
    for (Outcome outcome : outcomes) {
      assertThat(byKey.put(outcome.id() + "/" + outcome.sequenceIndex(), outcome)).isNull();
    }
    return byKey;
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, true",
    "true, false, true",
    "false, true, true",
    "true, true, true",
    "false, true, false",
    "true, true, false"
  })
  void stepsThatFailNowAndThenChangeNothing(
      boolean sharesPrompts, boolean worksApart, boolean atTheStart) {
    FakeModel model =
        new FakeModel(new ModelLimits(CONTEXT, VOCABULARY, 1, sharesPrompts, worksApart), 1 << 20);
    Map<String, String> expected = tokensByKey(run(WIDE, requests()));
    int[] calls = {0};
    Runnable nowAndThen =
        () -> {
          if (Set.of(3, 5, 20, 21, 40).contains(calls[0]++)) {
            throw new IllegalStateException("no luck");
          }
        };
    // A step with one row alone would be that row's failure.
    CountDownLatch submitted = new CountDownLatch(1);
    model.beforeStep =
        () -> {
          EngineTest.awaitLatch(submitted);
          if (atTheStart) {
            nowAndThen.run();
          }
        };
    if (!atTheStart) {
      model.beforeRun = step -> nowAndThen.run();
    }
    List<Outcome> outcomes;
    try (Engine engine = new Engine("test", model, WIDE, Clock.SYSTEM)) {
      outcomes = EngineTest.submitAndAwait(engine, submitted::countDown, requests());
    }
    assertThat(byKey(outcomes)).hasSameSizeAs(expected);
    assertThat(tokensByKey(outcomes)).isEqualTo(expected);
    assertThat(calls[0]).isGreaterThan(20);
  }

  @Test
  void aRowThatMakesItsStepsFailEndsAloneWithItsReason() {
    Map<String, String> expected = tokensByKey(run(WIDE, requests()));
    int poison = VOCABULARY - 1;
    model.beforeRun =
        step -> {
          if (Arrays.stream(step.tokens()).anyMatch(t -> t == poison)
              && step.prefills().stream().anyMatch(chunk -> chunk.length() == 7)) {
            throw new IllegalStateException("poison");
          }
        };
    List<GenerationRequest> all = new ArrayList<>(List.of(requests()));
    all.add(11, request("bad", new int[] {1, 2, 3, poison, 5, 6, 7}, config(9, 3, 0)));
    List<Outcome> outcomes = run(model, WIDE, all.toArray(new GenerationRequest[0]));
    Map<String, Outcome> byKey = byKey(outcomes);
    for (int i = 0; i < 3; i++) {
      Outcome.Failure failure = (Outcome.Failure) byKey.remove("bad/" + i);
      assertThat(failure.code()).isEqualTo(ErrorCode.ENGINE);
      assertThat(failure.message()).endsWith("with this row alone failed: poison");
    }
    assertThat(tokensByKey(new ArrayList<>(byKey.values()))).isEqualTo(expected);
  }

  @Test
  void outOfMemoryShrinksTheBatchForGood() {
    Map<String, String> expected = tokensByKey(run(WIDE, requests()));
    int[] failures = {0};
    model.beforeRun =
        step -> {
          if (step.groups().stream().mapToInt(Step.DecodeGroup::sequences).sum() > 5) {
            failures[0]++;
            throw new OutOfMemoryError("5 are enough");
          }
        };
    List<Outcome> outcomes = run(model, WIDE, requests());
    assertThat(tokensByKey(outcomes)).isEqualTo(expected);
    assertThat(model.mostSequences).isBetween(2, 5);
    assertThat(failures[0]).isBetween(1, 40);
  }

  @Test
  void aRowThatAloneNeedsTooMuchMemoryFailsAlone() {
    model.beforeRun =
        step -> {
          if (step.positions()[0] >= 400) {
            throw new OutOfMemoryError("no room");
          }
        };
    List<Outcome> outcomes =
        run(
            model,
            WIDE,
            request("long", new int[300], noEos(200)),
            request("short", new int[3], noEos(20)));
    Map<String, Outcome> byKey = byKey(outcomes);
    assertThat(((Outcome.Failure) byKey.get("long/0")).code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
    assertThat(byKey.get("short/0")).isInstanceOf(Outcome.Completion.class);
  }

  @Test
  void aStepThatDoesNotReturnIsSeenAndNobodyWaitsForIt() throws InterruptedException {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch returns = new CountDownLatch(1);
    AtomicLong now = new AtomicLong(1_000);
    Clock clock =
        new Clock() {
          @Override
          public long nanos() {
            return now.get();
          }

          @Override
          public Instant now() {
            return Instant.EPOCH;
          }
        };
    Engine engine = new Engine("test", model, WIDE, clock);
    assertThat(engine.stepNanos()).isZero();
    model.beforeStep =
        () -> {
          began.countDown();
          while (returns.getCount() > 0) {
            Thread.onSpinWait();
          }
        };
    BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    engine.submit(request("a", new int[] {1}, noEos(5)), outcomes::add);
    began.await();
    now.addAndGet(77);
    assertThat(engine.stepNanos()).isEqualTo(77);
    engine.giveUp();
    engine.close();
    assertThat(engine.isClosed()).isTrue();
    // Should it return after all, it ends as by close.
    returns.countDown();
    assertThat(outcomes.take()).isInstanceOf(Outcome.Failure.class);
    assertThat(engine.stepNanos()).isZero();
  }

  @Test
  void aLostDeviceEndsTheEngine() {
    try (Engine engine = new Engine("test", model, WIDE, Clock.SYSTEM)) {
      model.beforeStep =
          () -> {
            throw new DeviceFaultException("illegal access", null);
          };
      List<Outcome> outcomes =
          EngineTest.submitAndAwait(engine, request("a", new int[] {1}, noEos(5)));
      assertThat(EngineTest.failure(outcomes, "a").message()).endsWith("illegal access");
      assertThat(engine.isClosed()).isTrue();
      assertThat(engine.isDeviceLost()).isTrue();
    }
  }
}
