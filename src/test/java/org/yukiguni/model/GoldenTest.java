package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.GenerationRequest;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Step;
import org.yukiguni.jinja.ChatFixture;
import org.yukiguni.tokenizer.Fixture;
import org.yukiguni.tokenizer.FixtureTest;
import org.yukiguni.tokenizer.ModelFixtureTest;
import org.yukiguni.tokenizer.StopStrings;
import org.yukiguni.tokenizer.Tokenizer;

/**
 * Everything against Hugging Face transformers: models, adapters, settings of generate(), sampling
 * distributions, tokenizers and chat templates, for all cases of a folder, a printed line for each.
 *
 * <p>{@code mvn -q test -Dtest=GoldenTest -Dfixtures=DIR} runs another folder of such cases.
 */
class GoldenTest {
  /** Of the row's largest |logit|; transformers' own float32 and float64 differ by about 2e-6. */
  private static final double LOGITS_TOLERANCE = 2e-5;

  private static final double LOGPROB_TOLERANCE = 1e-3;

  /** One by one, and all runs of a case in one batch. */
  private static final List<EngineLimits> LIMITS =
      List.of(new EngineLimits(1, 1, 64 << 20), new EngineLimits(64, 4096, 256 << 20));

  @TestFactory
  Stream<DynamicNode> models() {
    return GoldenCase.all().stream()
        .map(golden -> dynamicContainer(golden.name(), modelTests(golden)));
  }

  @TestFactory
  Stream<DynamicTest> tokenizers() {
    return Fixture.all().stream()
        .flatMap(
            fixture ->
                Stream.of(
                    line(
                        "tokenizers/" + fixture.folder().getFileName(),
                        "header",
                        () -> new FixtureTest().header(fixture)),
                    line(
                        "tokenizers/" + fixture.folder().getFileName(),
                        "ids",
                        () -> new FixtureTest().encodes(fixture)),
                    line(
                        "tokenizers/" + fixture.folder().getFileName(),
                        "texts",
                        () -> new FixtureTest().decodes(fixture))));
  }

  @TestFactory
  Stream<DynamicTest> sampling() throws IOException {
    Path file = Fixture.root().resolve("sampling.json");
    List<DynamicTest> tests = new ArrayList<>();
    if (Files.exists(file)) {
      for (JsonNode c : new ObjectMapper().readTree(file.toFile()).path("cases")) {
        String setting = c.path("name").asText() + " " + c.path("params");
        tests.add(line("sampling.json", setting, () -> SamplerTest.compareWithTransformers(c)));
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> chats() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : Fixture.folders(Fixture.root().resolve("chat"))) {
      for (ChatFixture chat : ChatFixture.in(folder)) {
        tests.add(line("chat/" + folder.getFileName(), chat.name(), chat::compare));
      }
    }
    return tests.stream();
  }

  @Test
  void theFolderHoldsCases() throws IOException {
    long cases = models().count() + tokenizers().count() + sampling().count() + chats().count();
    assertThat(cases).as("cases in %s", Fixture.root()).isPositive();
  }

  private static Stream<DynamicTest> modelTests(GoldenCase golden) {
    List<DynamicTest> tests = new ArrayList<>();
    for (ModelScripts.Linear linear :
        List.of(ModelScripts.Linear.ONEDNN, ModelScripts.Linear.PLAIN)) {
      tests.add(
          line(golden.name(), "logits, " + linear + " kernels", () -> logits(golden, linear)));
    }
    if (golden.adapter().isEmpty()) {
      Fixture texts = Fixture.of(golden.folder());
      tests.add(line(golden.name(), "prompts", () -> new ModelFixtureTest().prompts(texts)));
      tests.add(line(golden.name(), "texts", () -> new ModelFixtureTest().completions(texts)));
    }
    for (EngineLimits limits : LIMITS) {
      Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
      tests.add(
          line(
              golden.name(),
              "generates, " + limits,
              () -> outcomes.putAll(generate(golden, limits))));
      forEachResult(
          golden,
          (key, params, result) ->
              tests.add(
                  line(golden.name(), key + ", " + limits, () -> compare(key, result, outcomes))));
    }
    return tests.stream();
  }

  /** A test that prints one line: pass, or the first difference. */
  private static DynamicTest line(String name, String setting, Executable test) {
    return dynamicTest(
        name + " " + setting,
        () -> {
          try {
            test.execute();
            System.out.println("pass  " + name + "  " + setting);
          } catch (Throwable e) {
            System.out.println("FAIL  " + name + "  " + setting + "  " + firstLines(e));
            throw e;
          }
        });
  }

  private static String firstLines(Throwable e) {
    String text = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    return text.substring(0, Math.min(600, text.length()));
  }

  private interface ResultConsumer {
    void accept(String key, JsonNode params, JsonNode result);
  }

  /** Every run with every prompt, and every row of a batch as a result of its own. */
  private static void forEachResult(GoldenCase golden, ResultConsumer consumer) {
    for (JsonNode run : golden.golden().path("runs")) {
      for (JsonNode result : run.path("results")) {
        String key =
            run.path("name").asText()
                + " "
                + run.path("params")
                + ", prompt "
                + result.path("prompt").asInt();
        consumer.accept(key, run.path("params"), result);
      }
    }
  }

  private static Map<String, Outcome> generate(GoldenCase golden, EngineLimits limits) {
    Map<String, Outcome> outcomes = new ConcurrentHashMap<>();
    int[] expected = {0};
    try (Tokenizer tokenizer = Tokenizer.open(golden.folder());
        Engine engine =
            new Engine(
                "golden",
                TorchModel.open(golden.folder(), golden.adapter(), new ModelOptions("cpu", 2)),
                limits,
                Clock.SYSTEM)) {
      forEachResult(
          golden,
          (key, params, result) -> {
            GenerationConfig config =
                golden
                    .config(params)
                    .orElseThrow(
                        () -> new AssertionError("a parameter is not supported: " + params));
            int[] prompt = golden.prompt(result.path("prompt").asInt());
            expected[0] += result.path("sequences").size();
            engine.submit(
                request(tokenizer, key, config, prompt),
                o -> outcomes.put(o.id() + "/" + o.sequenceIndex(), o));
          });
      awaitSize(outcomes, expected[0]);
    }
    return outcomes;
  }

  private static void compare(String key, JsonNode result, Map<String, Outcome> outcomes) {
    assertThat(result.path("sequences").size()).isPositive();
    for (int i = 0; i < result.path("sequences").size(); i++) {
      assertSequence(
          "sequence " + i, result.path("sequences").path(i), outcomes.get(key + "/" + i));
    }
  }

  private static void logits(GoldenCase golden, ModelScripts.Linear linear) {
    ModelOptions options = new ModelOptions("cpu", 1);
    int layers = Checkpoint.readConfig(golden.folder()).layers();
    DeviceMap map = DeviceMap.whole("cpu", Precision.FLOAT32, layers);
    ModelScripts.Kernels kernels =
        new ModelScripts.Kernels(linear, ModelScripts.Attention.IN_BLOCKS);
    try (TorchModel model =
        TorchModel.open(
            golden.folder(), golden.adapter(), options, map, unused -> kernels, () -> {})) {
      for (int i = 0; i < golden.numPrompts(); i++) {
        JsonNode expected = golden.golden().path("prompts").path(i);
        float[][] logits = prefill(model, golden.prompt(i));
        assertThat(IntStream.range(0, logits.length).map(t -> argmax(logits[t])).toArray())
            .as("prompt %d: argmax", i)
            .isEqualTo(GoldenCase.ints(expected.path("argmax")));
        double[] last = GoldenCase.doubles(expected.path("logits_last"));
        double largest = Arrays.stream(last).map(Math::abs).max().orElseThrow();
        for (int v = 0; v < last.length; v++) {
          assertThat((double) logits[logits.length - 1][v])
              .as("prompt %d: logit %d", i, v)
              .isCloseTo(last[v], within(LOGITS_TOLERANCE * largest));
        }
      }
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

  private static org.assertj.core.data.Offset<Double> within(double d) {
    return org.assertj.core.data.Offset.offset(d);
  }

  private static GenerationRequest request(
      Tokenizer tokenizer, String id, GenerationConfig config, int[] prompt) {
    return new GenerationRequest(
        id,
        prompt,
        config,
        config.stopStrings().isEmpty()
            ? Optional.empty()
            : Optional.of(StopStrings.supplier(tokenizer, prompt, config.stopStrings())));
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
