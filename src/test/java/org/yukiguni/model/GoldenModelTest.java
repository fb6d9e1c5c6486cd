package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.GenerationRequest;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Step;
import org.yukiguni.tokenizer.StopStrings;
import org.yukiguni.tokenizer.Tokenizer;

/** The architectures against Hugging Face transformers, on small checkpoints. */
class GoldenModelTest {
  /** Of the row's largest |logit|; transformers' own float32 and float64 differ by about 2e-6. */
  private static final double LOGITS_TOLERANCE = 2e-5;

  private static final double LOGPROB_TOLERANCE = 1e-3;

  static List<GoldenCase> cases() {
    return GoldenCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsOfAPrompt(GoldenCase golden) {
    for (ModelScripts.Linear linear : ModelScripts.Linear.values()) {
      try (TorchModel model =
          TorchModel.open(golden.folder(), golden.adapter(), new ModelOptions("cpu", 1), linear)) {
        for (int i = 0; i < golden.numPrompts(); i++) {
          JsonNode expected = golden.golden().path("prompts").path(i);
          float[][] logits = prefill(model, golden.prompt(i));
          assertThat(IntStream.range(0, logits.length).map(t -> argmax(logits[t])).toArray())
              .as("%s with %s, prompt %d: argmax", golden, linear, i)
              .isEqualTo(GoldenCase.ints(expected.path("argmax")));
          double[] last = GoldenCase.doubles(expected.path("logits_last"));
          double largest = Arrays.stream(last).map(Math::abs).max().orElseThrow();
          for (int v = 0; v < last.length; v++) {
            assertThat((double) logits[logits.length - 1][v])
                .as("%s with %s, prompt %d: logit %d", golden, linear, i, v)
                .isCloseTo(last[v], within(LOGITS_TOLERANCE * largest));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void idsOfGreedyRuns(GoldenCase golden) {
    try (Engine engine = engine(golden, new EngineLimits(8, 64, 64 << 20));
        Tokenizer tokenizer = Tokenizer.open(golden.folder())) {
      int compared = 0;
      for (JsonNode run : golden.golden().path("runs")) {
        Optional<GenerationConfig> config = golden.config(run.path("params"));
        assertThat(config).as("%s", run.path("params")).isPresent();
        if (config.get().beams().isSearch()) {
          continue;
        }
        for (JsonNode result : run.path("results")) {
          int prompt = result.path("prompt").asInt();
          JsonNode expected = result.path("sequences").path(0);
          Outcome.Completion actual =
              generate(engine, request(tokenizer, config.get(), golden.prompt(prompt))).get(0);
          String what = golden + " " + run.path("name").asText() + ", prompt " + prompt;
          assertSequence(what, expected, actual);
          compared++;
        }
      }
      // A renamed parameter must not empty this test.
      assertThat(compared).isGreaterThanOrEqualTo(40);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void idsOfBeamRuns(GoldenCase golden) {
    for (EngineLimits limits :
        List.of(new EngineLimits(1, 1, 64 << 20), new EngineLimits(64, 4096, 64 << 20))) {
      Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
      Map<String, JsonNode> expected = new TreeMap<>();
      try (Engine engine = engine(golden, limits)) {
        int numRuns = 0;
        for (JsonNode run : golden.golden().path("runs")) {
          Optional<GenerationConfig> config = golden.config(run.path("params"));
          if (config.isEmpty() || !config.get().beams().isSearch()) {
            continue;
          }
          numRuns++;
          for (JsonNode result : run.path("results")) {
            int prompt = result.path("prompt").asInt();
            String id = numRuns + " " + run.path("params") + ", prompt " + prompt;
            for (int i = 0; i < result.path("sequences").size(); i++) {
              expected.put(id + ", sequence " + i, result.path("sequences").path(i));
            }
            engine.submit(
                new GenerationRequest(id, golden.prompt(prompt), config.get(), Optional.empty()),
                o -> outcomes.put(o.id() + ", sequence " + o.sequenceIndex(), o));
          }
        }
        assertThat(numRuns).isEqualTo(13);
        awaitSize(outcomes, expected.size());
      }
      expected.forEach((id, sequence) -> assertSequence(id, sequence, outcomes.get(id)));
    }
  }

  private static void assertSequence(String what, JsonNode expected, Outcome outcome) {
    assertThat(outcome).as(what).isInstanceOf(Outcome.Completion.class);
    Outcome.Completion actual = (Outcome.Completion) outcome;
    assertThat(actual.tokens()).as(what).isEqualTo(GoldenCase.ints(expected.path("ids")));
    assertThat(actual.finishReason().label())
        .as(what)
        .isEqualTo(expected.path("finish_reason").asText().equals("length") ? "length" : "stop");
    double logprob = expected.path("sum_logprob").asDouble();
    assertThat(actual.cumulativeLogprob())
        .as(what)
        .isCloseTo(logprob, within(LOGPROB_TOLERANCE * Math.max(1, Math.abs(logprob))));
  }

  private static void awaitSize(Map<String, Outcome> outcomes, int size) {
    try {
      for (int i = 0; i < 6000 && outcomes.size() < size; i++) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(outcomes).hasSize(size);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void batchedIsOneByOne(GoldenCase golden) {
    GenerationConfig config =
        golden.config(golden.golden().path("runs").path(0).path("params")).orElseThrow();
    int[][] prompts =
        IntStream.range(0, 3 * golden.numPrompts())
            .mapToObj(i -> golden.prompt(i % golden.numPrompts()))
            .toArray(int[][]::new);
    List<String> expected = new ArrayList<>();
    for (JsonNode result : golden.golden().path("runs").path(0).path("results")) {
      expected.add(Arrays.toString(GoldenCase.ints(result.path("sequences").path(0).path("ids"))));
    }
    for (EngineLimits limits :
        List.of(new EngineLimits(1, 1, 64 << 20), new EngineLimits(64, 4096, 64 << 20))) {
      try (Engine engine = engine(golden, limits)) {
        List<Outcome.Completion> completions =
            generate(
                engine,
                Arrays.stream(prompts)
                    .map(p -> new GenerationRequest("row", p, config, Optional.empty()))
                    .toArray(GenerationRequest[]::new));
        for (int i = 0; i < prompts.length; i++) {
          assertThat(Arrays.toString(completions.get(i).tokens()))
              .as("%s, %s, row %d", golden, limits, i)
              .isEqualTo(expected.get(i % expected.size()));
        }
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double d) {
    return org.assertj.core.data.Offset.offset(d);
  }

  private static Engine engine(GoldenCase golden, EngineLimits limits) {
    return new Engine(
        "golden",
        TorchModel.open(golden.folder(), golden.adapter(), new ModelOptions("cpu", 2)),
        limits,
        Clock.SYSTEM);
  }

  private static GenerationRequest request(
      Tokenizer tokenizer, GenerationConfig config, int[] prompt) {
    return new GenerationRequest(
        "row",
        prompt,
        config,
        config.stopStrings().isEmpty()
            ? Optional.empty()
            : Optional.of(StopStrings.supplier(tokenizer, prompt, config.stopStrings())));
  }

  private static List<Outcome.Completion> generate(Engine engine, GenerationRequest... requests) {
    Map<Integer, Outcome> outcomes = new ConcurrentHashMap<>();
    java.util.concurrent.CountDownLatch left =
        new java.util.concurrent.CountDownLatch(requests.length);
    for (int i = 0; i < requests.length; i++) {
      int row = i;
      engine.submit(
          requests[i],
          outcome -> {
            outcomes.put(row, outcome);
            left.countDown();
          });
    }
    try {
      assertThat(left.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return IntStream.range(0, requests.length)
        .mapToObj(
            i -> {
              assertThat(outcomes.get(i)).isInstanceOf(Outcome.Completion.class);
              return (Outcome.Completion) outcomes.get(i);
            })
        .toList();
  }

  /** Logits of every position of a prompt, [T][V]. */
  private static float[][] prefill(TorchModel model, int[] prompt) {
    int[] positions = IntStream.range(0, prompt.length).toArray();
    Step step =
        new Step(
            List.of(new Step.CacheOp.Allocate(0, 1, prompt.length)),
            prompt,
            positions,
            List.of(),
            List.of(new Step.PrefillChunk(0, 0, 0, prompt.length)),
            List.of(),
            List.of());
    try (NDManager scope = model.newScope()) {
      float[] flat = model.logits(scope, step, positions).toFloatArray();
      model.clearCache();
      int vocabulary = flat.length / prompt.length;
      return IntStream.range(0, prompt.length)
          .mapToObj(t -> Arrays.copyOfRange(flat, t * vocabulary, (t + 1) * vocabulary))
          .toArray(float[][]::new);
    }
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
