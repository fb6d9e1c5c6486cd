package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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
import org.yukiguni.engine.Step;
import org.yukiguni.tokenizer.Tokenizer;

/**
 * The model and the adapter that come with the project, from text to text, as transformers does.
 */
class YukiguniMiniTest {
  private static final Path FOLDER = Path.of("data/models/yukiguni-mini");
  private static final Path KANSAI = Path.of("data/models/yukiguni-mini-kansai-lora");

  static List<Optional<Path>> adapters() {
    return List.of(Optional.empty(), Optional.of(KANSAI));
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void promptsAndCompletionsAreThoseOfTransformers(Optional<Path> adapter) throws Exception {
    GenerationConfig config =
        new GenerationConfig(
            Sampling.GREEDY,
            Penalties.NONE,
            Constraints.NONE,
            OptionalInt.of(40),
            OptionalInt.empty(),
            0,
            0,
            1,
            0,
            List.of(3),
            List.of(),
            Beams.NONE,
            OptionalInt.empty());
    LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    JsonNode items = golden(adapter);
    try (Tokenizer tokenizer = Tokenizer.open(FOLDER);
        Engine engine =
            new Engine(
                "mini",
                TorchModel.open(FOLDER, adapter, new ModelOptions("cpu", 2)),
                new EngineLimits(64, 512, 256 << 20),
                Clock.SYSTEM)) {
      for (int i = 0; i < items.size(); i++) {
        int[] ids = tokenizer.encode(items.path(i).path("prompt").asText());
        assertThat(ids).isEqualTo(GoldenCase.ints(items.path(i).path("input_ids")));
        engine.submit(
            new GenerationRequest(Integer.toString(i), ids, config, Optional.empty()),
            outcomes::add);
      }
      for (int i = 0; i < items.size(); i++) {
        Outcome.Completion c = (Outcome.Completion) outcomes.poll(60, TimeUnit.SECONDS);
        JsonNode item = items.path(Integer.parseInt(c.id()));
        assertThat(c.tokens()).isEqualTo(GoldenCase.ints(item.path("output_ids")));
        assertThat(tokenizer.decodeSkippingSpecialTokens(c.tokens()))
            .isEqualTo(item.path("output_text").asText());
        assertThat(c.finishReason().label())
            .isEqualTo(item.path("ended").asBoolean() ? "stop" : "length");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void theMostProbableNextTokensHaveTheLogitsOfTransformers(Optional<Path> adapter)
      throws IOException {
    try (TorchModel model = TorchModel.open(FOLDER, adapter, new ModelOptions("cpu", 1))) {
      for (JsonNode item : golden(adapter)) {
        int[] prompt = GoldenCase.ints(item.path("input_ids"));
        float[] logits = last(model, prompt);
        for (JsonNode pair : item.path("next_token_top5")) {
          // The file rounds to four decimals.
          assertThat((double) logits[pair.path(0).asInt()])
              .isCloseTo(pair.path(1).asDouble(), Offset.offset(4e-4));
        }
      }
    }
  }

  private static JsonNode golden(Optional<Path> adapter) throws IOException {
    Path file = adapter.orElse(FOLDER).resolve("golden.json");
    JsonNode items = new ObjectMapper().readTree(file.toFile()).path("items");
    assertThat(items.size()).isGreaterThanOrEqualTo(4);
    return items;
  }

  private static float[] last(TorchModel model, int[] prompt) {
    Step step =
        new Step(
            List.of(new Step.CacheOp.Allocate(0, 1, prompt.length)),
            prompt,
            IntStream.range(0, prompt.length).toArray(),
            List.of(),
            List.of(new Step.PrefillChunk(0, 0, 0, prompt.length)),
            List.of(),
            List.of());
    try (NDManager scope = model.newScope()) {
      float[] logits = model.logits(scope, step, new int[] {prompt.length - 1}).toFloatArray();
      model.clearCache();
      return logits;
    }
  }
}
