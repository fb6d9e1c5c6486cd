package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineTest {
  static final int CONTEXT = 1500;
  static final int VOCABULARY = 97;
  private static final int EOS = 3;
  static final EngineLimits WIDE = new EngineLimits(64, 512, 1 << 20);

  @Test
  void aGreedyCompletionIsWhatTheModelSaysTokenByToken() {
    int[] prompt = {5, 9, 11};
    Outcome.Completion c = completion(run(WIDE, request("a", prompt, config(8, 1, 0))).get(0));
    assertThat(c.tokens()).isEqualTo(reference(prompt, "a", 0, config(8, 1, 0)));
    assertThat(c.cumulativeLogprob()).isEqualTo(-c.tokens().length);
  }

  @Test
  void fourCompletionsBeginWithTheTwo() {
    int[] prompt = {1, 2, 4};
    Map<String, String> two = tokensByKey(run(WIDE, request("x", prompt, config(20, 2, 0))));
    Map<String, String> four = tokensByKey(run(WIDE, request("x", prompt, config(20, 4, 0))));
    assertThat(four).containsAllEntriesOf(two).hasSize(4);
    assertThat(four.values()).doesNotHaveDuplicates();
  }

  @Test
  void aStepNeverRunsMoreSequencesThanAllowedAndFillsFreedSlots() {
    FakeModel model = new FakeModel(CONTEXT, VOCABULARY, 1 << 20);
    GenerationRequest[] requests = new GenerationRequest[50];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = request("r" + i, new int[] {i}, config(40, 3, 0));
    }
    CountDownLatch submitted = new CountDownLatch(1);
    model.beforeStep = () -> awaitLatch(submitted);
    List<Outcome> outcomes;
    try (Engine engine =
        new Engine("test", model, new EngineLimits(10, 512, 1 << 20), Clock.SYSTEM)) {
      outcomes = submitAndAwait(engine, submitted::countDown, requests);
    }
    long tokens = outcomes.stream().mapToLong(o -> completion(o).tokens().length).sum();
    assertThat(outcomes).hasSize(150);
    assertThat(model.mostSequences).isEqualTo(10);
    // Without refill, groups of ten would wait for their longest: nearly 15 x 40 steps.
    assertThat(model.steps).isLessThan((int) (tokens * 0.135));
  }

  @Test
  void aPromptIsComputedOnceForAllItsCompletions() {
    FakeModel model = new FakeModel(CONTEXT, VOCABULARY, 1 << 20);
    int[] prompt = new Random(1).ints(700, 0, VOCABULARY).toArray();
    try (Engine engine = new Engine("test", model, WIDE, Clock.SYSTEM)) {
      submitAndAwait(engine, request("p", prompt, config(4, 8, 0)));
      await(() -> engine.stats().promptTokens() == 700);
      assertThat(engine.stats().promptTokens()).isEqualTo(700);
    }
  }

  @Test
  void anEndOfSequenceTokenEndsACompletionAndIsKept() {
    Outcome.Completion ended =
        run(WIDE, request("e", new int[] {8, 8}, config(400, 6, 1))).stream()
            .map(EngineTest::completion)
            .filter(c -> c.finishReason() == FinishReason.STOP)
            .findFirst()
            .orElseThrow();
    assertThat(ended.tokens()[ended.tokens().length - 1]).isEqualTo(EOS);
    assertThat(Arrays.stream(ended.tokens()).filter(t -> t == EOS)).hasSize(1);
    assertThat(ended.stopReason()).contains("3");
  }

  @Test
  void minNewTokensPutsTheEndOff() {
    GenerationConfig base = config(60, 20, 1);
    GenerationConfig late =
        new GenerationConfig(
            base.sampling(),
            base.penalties(),
            base.constraints(),
            base.maxNewTokens(),
            OptionalInt.empty(),
            50,
            0,
            20,
            1,
            base.eosTokenIds(),
            List.of(),
            Beams.NONE,
            OptionalInt.empty());
    assertThat(run(WIDE, request("m", new int[] {8}, late)))
        .allSatisfy(o -> assertThat(completion(o).tokens()).hasSizeGreaterThanOrEqualTo(51 - 1));
    assertThat(run(WIDE, request("m", new int[] {8}, base)))
        .anySatisfy(o -> assertThat(completion(o).tokens()).hasSizeLessThan(50));
  }

  @Test
  void aStopConditionEndsACompletionWithItsReason() {
    GenerationRequest stopping =
        new GenerationRequest(
            "s", new int[] {4}, config(50, 1, 0), Optional.of(() -> countdown(5)));
    Outcome.Completion c = completion(run(WIDE, stopping).get(0));
    assertThat(c.tokens()).hasSize(5);
    assertThat(c.stopReason()).contains("five");
    assertThat(c.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void lengthAndContextBoundACompletion() {
    int[] prompt = new Random(2).ints(CONTEXT - 5, 0, VOCABULARY).toArray();
    Outcome.Completion c = completion(run(WIDE, request("l", prompt, noEos(100))).get(0));
    assertThat(c.tokens()).hasSize(5);
    assertThat(c.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(c.stopReason()).isEmpty();
  }

  @Test
  void aRowThatCannotRunFailsAloneWithItsReason() {
    int[] tooLong = new int[CONTEXT];
    List<Outcome> outcomes =
        run(
            new EngineLimits(4, 512, 2_800),
            request("long", tooLong, config(5, 2, 0)),
            request("empty", new int[0], config(5, 1, 0)),
            request("big", new int[1100], config(300, 1, 0)),
            request("fine", new int[] {1}, config(5, 1, 0)));
    assertThat(failure(outcomes, "long").code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG);
    assertThat(failure(outcomes, "long").message())
        .isEqualTo(
            "Cannot generate because the prompt has 1500 tokens and leaves no room for a new one"
                + " in 1500 (the model's context); shorten it");
    assertThat(outcomes.stream().filter(o -> o.id().equals("long"))).hasSize(2);
    assertThat(failure(outcomes, "empty").code()).isEqualTo(ErrorCode.PROMPT_EMPTY);
    assertThat(failure(outcomes, "big").code()).isEqualTo(ErrorCode.KV_MEMORY);
    assertThat(outcomes.stream().filter(o -> o instanceof Outcome.Completion)).hasSize(1);
  }

  @Test
  void anEngineThatFailsSaysWhyAndIsClosed() {
    FakeModel model = new FakeModel(CONTEXT, VOCABULARY, 1 << 20);
    try (Engine engine = new Engine("test", model, WIDE, Clock.SYSTEM)) {
      model.beforeStep =
          () -> {
            throw new IllegalStateException("no luck");
          };
      model.beforeClear =
          () -> {
            throw new IllegalStateException("nor here");
          };
      List<Outcome> outcomes = submitAndAwait(engine, request("a", new int[] {1}, noEos(5)));
      assertThat(failure(outcomes, "a").message())
          .isEqualTo("Cannot finish because the engine failed: nor here");
      assertThat(engine.isClosed()).isTrue();
      assertThat(failure(submitAndAwait(engine, request("b", new int[] {1}, noEos(5))), "b").code())
          .isEqualTo(ErrorCode.ENGINE);
    }
    assertThat(model.closed).isTrue();
  }

  @Test
  void closingFailsWhatIsNotFinishedAndClosesTheModel() throws InterruptedException {
    FakeModel model = new FakeModel(CONTEXT, VOCABULARY, 1 << 20);
    LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    Engine engine = new Engine("test", model, new EngineLimits(1, 512, 1 << 20), Clock.SYSTEM);
    model.beforeStep = () -> sleep(5);
    engine.submit(request("a", new int[] {1}, noEos(1000)), outcomes::add);
    engine.submit(request("b", new int[] {1}, noEos(1000)), outcomes::add);
    engine.close();
    engine.submit(request("c", new int[] {1}, noEos(1000)), outcomes::add);
    for (int i = 0; i < 3; i++) {
      Outcome o = outcomes.poll(5, TimeUnit.SECONDS);
      assertThat(o).isInstanceOf(Outcome.Failure.class);
    }
    assertThat(model.closed).isTrue();
  }

  @Test
  void deviceTimeOfAllRowsIsTheBusyTime() {
    FakeModel model = new FakeModel(CONTEXT, VOCABULARY, 1 << 20);
    model.beforeStep = () -> sleep(1);
    try (Engine engine = new Engine("test", model, WIDE, Clock.SYSTEM)) {
      LinkedBlockingQueue<Outcome> queue = new LinkedBlockingQueue<>();
      for (int i = 0; i < 9; i++) {
        engine.submit(request("d" + i, new int[300 * (i % 2) + 1], noEos(20)), queue::add);
      }
      double sum = 0;
      for (Outcome o : take(queue, 9)) {
        Timing t = o.timing();
        sum += t.deviceMs();
        assertThat(t.queueMs() + t.prefillMs() + t.decodeMs()).isCloseTo(t.totalMs(), within(0.01));
        assertThat(t.firstTokenMs()).isCloseTo(t.queueMs() + t.prefillMs(), within(0.01));
        assertThat(t.finishedAt()).isAfterOrEqualTo(t.startedAt());
      }
      await(() -> engine.stats().running() == 0 && engine.stats().newTokens() == 180);
      assertThat(sum).isCloseTo(engine.stats().busyNanos() / 1e6, within(0.01));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double d) {
    return org.assertj.core.data.Offset.offset(d);
  }

  private static StopCondition countdown(int tokens) {
    int[] left = {tokens};
    return token -> --left[0] == 0 ? Optional.of("five") : Optional.empty();
  }

  static int[] reference(int[] prompt, String id, int index, GenerationConfig config) {
    int max = config.maxNewTokens(prompt.length, CONTEXT);
    int[] history = Arrays.copyOf(prompt, prompt.length + max);
    long key = CounterRandom.key(config.seed(), id, index);
    int n = 0;
    while (n < max) {
      int[] banned = n < config.minNewTokens(prompt.length) ? new int[] {EOS} : new int[0];
      Step.SampleRow row =
          new Step.SampleRow(
              0, config.sampling(), CounterRandom.uniform(key, n), LogitEdits.ban(banned), 0);
      int token = FakeModel.next(history, prompt.length + n, row, VOCABULARY);
      history[prompt.length + n++] = token;
      if (config.eosTokenIds().contains(token)) {
        break;
      }
    }
    return Arrays.copyOfRange(history, prompt.length, prompt.length + n);
  }

  static GenerationConfig config(int maxNewTokens, int n, long seed) {
    return new GenerationConfig(
        n > 1 ? Sampling.PLAIN : Sampling.GREEDY,
        Penalties.NONE,
        Constraints.NONE,
        OptionalInt.of(maxNewTokens),
        OptionalInt.empty(),
        0,
        0,
        n,
        seed,
        List.of(EOS),
        List.of(),
        Beams.NONE,
        OptionalInt.empty());
  }

  static GenerationConfig noEos(int maxNewTokens) {
    return new GenerationConfig(
        Sampling.GREEDY,
        Penalties.NONE,
        Constraints.NONE,
        OptionalInt.of(maxNewTokens),
        OptionalInt.empty(),
        0,
        0,
        1,
        0,
        List.of(),
        List.of(),
        Beams.NONE,
        OptionalInt.empty());
  }

  static GenerationRequest request(String id, int[] prompt, GenerationConfig config) {
    return new GenerationRequest(id, prompt, config, Optional.empty());
  }

  static List<Outcome> run(EngineLimits limits, GenerationRequest... requests) {
    return run(new FakeModel(CONTEXT, VOCABULARY, limits.kvBytes()), limits, requests);
  }

  static List<Outcome> run(FakeModel model, EngineLimits limits, GenerationRequest... requests) {
    try (Engine engine = new Engine("test", model, limits, Clock.SYSTEM)) {
      return submitAndAwait(engine, requests);
    }
  }

  static List<Outcome> submitAndAwait(Engine engine, GenerationRequest... requests) {
    return submitAndAwait(engine, () -> {}, requests);
  }

  static List<Outcome> submitAndAwait(
      Engine engine, Runnable submitted, GenerationRequest... requests) {
    LinkedBlockingQueue<Outcome> queue = new LinkedBlockingQueue<>();
    int expected = 0;
    for (GenerationRequest r : requests) {
      expected += r.config().numReturnSequences();
      engine.submit(r, queue::add);
    }
    submitted.run();
    return take(queue, expected);
  }

  private static List<Outcome> take(LinkedBlockingQueue<Outcome> queue, int count) {
    List<Outcome> outcomes = new ArrayList<>();
    try {
      while (outcomes.size() < count) {
        Outcome o = queue.poll(20, TimeUnit.SECONDS);
        assertThat(o).as("outcome %d of %d", outcomes.size(), count).isNotNull();
        outcomes.add(o);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return outcomes;
  }

  static Map<String, String> tokensByKey(List<Outcome> outcomes) {
    Map<String, String> tokens = new TreeMap<>();
    for (Outcome o : outcomes) {
      String key = o.id() + "/" + o.sequenceIndex();
      assertThat(tokens.put(key, Arrays.toString(completion(o).tokens()))).isNull();
    }
    return tokens;
  }

  static Outcome.Completion completion(Outcome o) {
    assertThat(o).isInstanceOf(Outcome.Completion.class);
    return (Outcome.Completion) o;
  }

  static Outcome.Failure failure(List<Outcome> outcomes, String id) {
    Outcome o = outcomes.stream().filter(x -> x.id().equals(id)).findFirst().orElseThrow();
    assertThat(o).isInstanceOf(Outcome.Failure.class);
    return (Outcome.Failure) o;
  }

  static void await(java.util.function.BooleanSupplier condition) {
    for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
      sleep(5);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
