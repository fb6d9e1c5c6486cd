package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.yukiguni.engine.EngineTest.CONTEXT;
import static org.yukiguni.engine.EngineTest.VOCABULARY;
import static org.yukiguni.engine.EngineTest.WIDE;
import static org.yukiguni.engine.EngineTest.config;
import static org.yukiguni.engine.EngineTest.noEos;
import static org.yukiguni.engine.EngineTest.reference;
import static org.yukiguni.engine.EngineTest.request;
import static org.yukiguni.engine.EngineTest.run;
import static org.yukiguni.engine.EngineTest.tokensByKey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots, step sizes and KV memory make the engine faster or slower and change nothing else. */
@Timeout(60)
class EngineMemoryTest {
  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void tokensDoNotDependOnSlotsMemoryStepSizeOrOrder(boolean sharesPrompts, boolean worksApart) {
    List<GenerationRequest> requests = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      int[] prompt =
          random.ints(1 + random.nextInt(i % 9 == 0 ? 900 : 40), 0, VOCABULARY).toArray();
      int n = 1 + random.nextInt(5);
      int max = 1 + random.nextInt(i % 7 == 0 ? 500 : 30);
      requests.add(request("row" + i, prompt, config(max, n, i)));
    }
    Map<String, String> expected = new TreeMap<>();
    for (GenerationRequest r : requests) {
      for (int s = 0; s < r.config().numReturnSequences(); s++) {
        expected.put(
            r.id() + "/" + s, Arrays.toString(reference(r.promptTokens(), r.id(), s, r.config())));
      }
    }
    for (EngineLimits limits :
        List.of(
            WIDE,
            new EngineLimits(1, 1, 1 << 20),
            new EngineLimits(3, 300, 1 << 20),
            new EngineLimits(64, 4096, 8_000),
            new EngineLimits(7, 512, 5_500))) {
      List<GenerationRequest> shuffled = new ArrayList<>(requests);
      Collections.shuffle(shuffled, random);
      assertThat(
              tokensByKey(run(model(sharesPrompts, worksApart, limits), limits, array(shuffled))))
          .as("%s", limits)
          .isEqualTo(expected);
    }
  }

  private static FakeModel model(boolean sharesPrompts, boolean worksApart, EngineLimits limits) {
    return new FakeModel(
        new ModelLimits(CONTEXT, VOCABULARY, 1, sharesPrompts, worksApart), limits.kvBytes());
  }

  private static GenerationRequest[] array(List<GenerationRequest> requests) {
    return requests.toArray(new GenerationRequest[0]);
  }

  @Test
  void aSharedPromptIsHeldOnceAndOnlyAsLongAsItIsRead() {
    EngineLimits limits = new EngineLimits(64, 512, 1 << 20);
    int[] prompt = new Random(4).ints(700, 0, VOCABULARY).toArray();
    GenerationRequest[] requests = new GenerationRequest[20];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = request("row" + i, prompt, config(30, 8, i));
    }
    FakeModel copying = model(false, false, limits);
    FakeModel sharing = model(true, false, limits);
    assertThat(tokensByKey(run(sharing, limits, requests)))
        .isEqualTo(tokensByKey(run(copying, limits, requests)));
    // Copies have 1,024 places each; what is shared has 1,024 for eight, and 192 for each.
    assertThat(sharing.mostCachedTokens * 2).isLessThan(copying.mostCachedTokens);
    int atOnce = limits.maxSequences() + 8;
    assertThat(sharing.mostCachedTokens).isLessThan((atOnce / 8 + 2) * 1024L + 2 * 64 * 192);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void sequencesThatOutgrowTheirPoolKeepTheirTokensWhenMemoryIsTight(
      boolean sharesPrompts, boolean worksApart) {
    List<GenerationRequest> requests = new ArrayList<>();
    Random random = new Random(9);
    for (int i = 0; i < 40; i++) {
      int[] prompt = random.ints(100 + random.nextInt(100), 0, VOCABULARY).toArray();
      requests.add(request("row" + i, prompt, config(20 + random.nextInt(400), 3, i)));
    }
    Map<String, String> expected = tokensByKey(run(WIDE, array(requests)));
    for (int budget = 2_300; budget < 20_000; budget += 1_100) {
      EngineLimits limits = new EngineLimits(64, 512, budget);
      assertThat(
              tokensByKey(run(model(sharesPrompts, worksApart, limits), limits, array(requests))))
          .as("%s", limits)
          .isEqualTo(expected);
    }
  }

  /** Prompts of a few templates, with and without examples, each of any number of completions. */
  private static GenerationRequest[] templated(Random random, int rows) {
    int[] system = random.ints(150, 0, VOCABULARY).toArray();
    int[] examples = random.ints(400, 0, VOCABULARY).toArray();
    GenerationRequest[] requests = new GenerationRequest[rows];
    for (int i = 0; i < rows; i++) {
      int[] own = random.ints(1 + random.nextInt(60), 0, VOCABULARY).toArray();
      int[] head = i % 5 == 0 ? new int[0] : system;
      int[] middle = i % 3 == 0 ? new int[0] : examples;
      // Some are one text only, and some all of the template.
      int[] end = i % 7 == 0 ? new int[0] : own;
      int[] prompt = concat(concat(head, middle), end);
      prompt = prompt.length == 0 ? own : prompt;
      requests[i] =
          request("row" + i, prompt, config(1 + random.nextInt(40), 1 + random.nextInt(3), i));
    }
    return requests;
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @ParameterizedTest
  @CsvSource({"1, true", "2, true", "3, true", "4, true", "5, false", "6, false", "7, false"})
  void promptsThatBeginAlikeKeepTheirTokensWhereTheBeginningIsShared(
      long seed, boolean sharesPrompts) {
    GenerationRequest[] requests = templated(new Random(seed), 60);
    Map<String, String> expected = tokensByKey(run(WIDE, requests));
    for (int budget : new int[] {5_000, 7_000, 12_000, 1 << 20}) {
      for (boolean worksApart : new boolean[] {false, true}) {
        EngineLimits limits = new EngineLimits(16, 600, budget);
        assertThat(tokensByKey(run(model(sharesPrompts, worksApart, limits), limits, requests)))
            .as("%s, apart %s", limits, worksApart)
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void beginningsThatNobodyReadsAnyMoreMakeRoom(boolean sharesPrompts) {
    Random random = new Random(6);
    GenerationRequest[] requests = new GenerationRequest[90];
    for (int i = 0; i < requests.length; i += 3) {
      int[] template = random.ints(200 + random.nextInt(300), 0, VOCABULARY).toArray();
      for (int k = i; k < i + 3; k++) {
        requests[k] = request("row" + k, concat(template, new int[] {k}), config(80, 1 + k % 3, k));
      }
    }
    Map<String, String> expected = tokensByKey(run(WIDE, requests));
    for (int budget : new int[] {3_000, 5_000, 9_000}) {
      EngineLimits limits = new EngineLimits(16, 600, budget);
      FakeModel model = model(sharesPrompts, true, limits);
      assertThat(tokensByKey(run(model, limits, requests))).as("%d", budget).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBeginningIsComputedOnceAndHeldOnceIfItIsReadInPlace(boolean sharesPrompts) {
    int[] template = new Random(1).ints(700, 0, VOCABULARY).toArray();
    GenerationRequest[] requests = new GenerationRequest[40];
    for (int i = 0; i < requests.length; i++) {
      requests[i] = request("row" + i, concat(template, new int[] {i, i + 1}), config(9, 2, i));
    }
    EngineLimits limits = new EngineLimits(64, 512, 1 << 20);
    FakeModel model = model(sharesPrompts, false, limits);
    CountDownLatch submitted = new CountDownLatch(1);
    long[] computed = {0};
    model.beforeStep = () -> EngineTest.awaitLatch(submitted);
    model.beforeRun =
        step -> computed[0] += step.prefills().stream().mapToInt(Step.PrefillChunk::length).sum();
    Map<String, String> found;
    try (Engine engine = new Engine("test", model, limits, Clock.SYSTEM)) {
      found = tokensByKey(EngineTest.submitAndAwait(engine, submitted::countDown, requests));
    }
    assertThat(found).isEqualTo(tokensByKey(run(WIDE, requests)));
    // One prompt may have begun before the others were there to be compared with.
    int once = sharesPrompts ? 700 : 512;
    assertThat(computed[0]).isLessThanOrEqualTo(2 * once + 40 * (702 - once));
    if (sharesPrompts) {
      assertThat(model.mostCachedTokens).isLessThan(2 * 768 + 40 * 16 + (64 + 16) * 192);
    }
  }

  @Test
  void theLeastMemoryIsEnoughForEveryPromptOfTheContext() {
    for (int context : new int[] {8, 100, 192, 193, 600, 1500}) {
      long least = EngineLimits.leastKvBytes(new ModelLimits(context, VOCABULARY, 1));
      FakeModel model = new FakeModel(context, VOCABULARY, least);
      List<GenerationRequest> requests = new ArrayList<>();
      for (int length = 1; length < context; length += Math.max(1, context / 23)) {
        requests.add(request("p" + length, new int[length], noEos(context)));
      }
      List<Outcome> outcomes = run(model, new EngineLimits(5, 512, least), array(requests));
      assertThat(outcomes)
          .as("context %d", context)
          .hasSameSizeAs(requests)
          .allSatisfy(o -> assertThat(o).isInstanceOf(Outcome.Completion.class));
    }
  }
}
