package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.Sampling;
import org.yukiguni.engine.Step.SampleRow;
import org.yukiguni.engine.StepResult;

/** The sampler against transformers' processed distributions, and against itself in a batch. */
class SamplerTest {
  private static final Set<String> SUPPORTED =
      Set.of(
          "temperature",
          "top_k",
          "top_p",
          "min_p",
          "repetition_penalty",
          "min_new_tokens",
          "min_length",
          "eos_token_id");

  /**
   * Evenly spaced numbers; a token of probability p is drawn p times this often, give or take 1.
   */
  private static final int DRAWS = 20_000;

  private static NDManager manager;

  @BeforeAll
  static void open() {
    manager = TorchRuntime.newManager(new ModelOptions("cpu", 2));
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  @Test
  void drawsWithTheProbabilitiesOfTransformers() throws IOException {
    JsonNode cases =
        new ObjectMapper()
            .readTree(Path.of("src/test/resources/fixtures/sampling.json").toFile())
            .path("cases");
    int compared = 0;
    for (JsonNode c : cases) {
      TreeSet<String> keys = new TreeSet<>();
      c.path("params").fieldNames().forEachRemaining(keys::add);
      if (!SUPPORTED.containsAll(keys)) {
        continue;
      }
      compare(c);
      compared++;
    }
    assertThat(compared).isEqualTo(46);
  }

  private static void compare(JsonNode c) {
    String name = c.path("name").asText() + " " + c.path("params");
    int vocabulary = c.path("vocab_size").asInt();
    float[] logits = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      JsonNode value = c.path("logits").path(i);
      logits[i] = value.isNull() ? Float.NEGATIVE_INFINITY : (float) value.asDouble();
    }
    Sampling sampling = sampling(c.path("params"));
    int[] ids = GoldenCase.ints(c.path("input_ids"));
    int[] seen = Arrays.stream(ids).distinct().toArray();
    int[] banned = banned(c, ids.length);
    List<SampleRow> rows = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      rows.add(new SampleRow(0, sampling, (i + 0.5) / DRAWS, seen, banned));
    }
    int[] counts = new int[vocabulary];
    for (int token : sample(logits, 1, new long[DRAWS], rows).tokens()) {
      counts[token]++;
    }
    double[] expected = GoldenCase.doubles(c.path("probs"));
    for (int token = 0; token < vocabulary; token++) {
      double count = expected[token] * DRAWS;
      assertThat((double) counts[token])
          .as("%s: draws of token %d", name, token)
          .isBetween(count == 0 ? 0 : count - 1.4, count == 0 ? 0 : count + 1.4);
    }
  }

  private static Sampling sampling(JsonNode params) {
    return new Sampling(
        true,
        params.path("temperature").asDouble(1),
        params.path("top_k").asInt(50),
        params.path("top_p").asDouble(1),
        params.path("min_p").asDouble(0),
        params.path("repetition_penalty").asDouble(1));
  }

  private static int[] banned(JsonNode c, int length) {
    JsonNode params = c.path("params");
    boolean tooShort =
        length < params.path("min_length").asInt(0)
            || length - c.path("prompt_length").asInt() < params.path("min_new_tokens").asInt(0);
    JsonNode eos = params.path("eos_token_id");
    if (!tooShort || eos.isMissingNode()) {
      return new int[0];
    }
    return eos.isArray() ? GoldenCase.ints(eos) : new int[] {eos.asInt()};
  }

  @Test
  void aRowDrawsTheSameWhateverItsNeighboursAskFor() {
    int vocabulary = 700;
    Random random = new Random(3);
    float[] logits = new float[vocabulary * 40];
    for (int i = 0; i < logits.length; i++) {
      // Rounded, so that equal values are common.
      logits[i] = Math.round(random.nextGaussian() * 24) / 8f;
    }
    List<SampleRow> rows = new ArrayList<>();
    long[] source = new long[40];
    for (int i = 0; i < 40; i++) {
      source[i] = i;
      Sampling sampling =
          new Sampling(
              i % 5 != 0,
              0.5 + random.nextDouble(),
              i % 3 == 0 ? 0 : 1 + random.nextInt(60),
              i % 4 == 0 ? 1 : random.nextDouble(),
              i % 7 == 0 ? 0.1 : 0,
              i % 2 == 0 ? 1 : 1.3);
      int[] seen = random.ints(30, 0, vocabulary).distinct().toArray();
      rows.add(new SampleRow(i, sampling, random.nextDouble(), seen, new int[] {i}));
    }
    StepResult together = sample(logits, 40, source, rows);
    for (int i = 0; i < 40; i++) {
      StepResult alone =
          sample(
              Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary),
              1,
              new long[1],
              List.of(rows.get(i)));
      assertThat(alone.tokens()[0]).as("token of row %d", i).isEqualTo(together.tokens()[i]);
      assertThat(alone.logprobs()[0]).as("bits of row %d", i).isEqualTo(together.logprobs()[i]);
    }
  }

  @Test
  void greedyTakesTheFirstOfEqualLogits() {
    SampleRow row = new SampleRow(0, Sampling.GREEDY, 0.9, new int[0], new int[] {1});
    StepResult result = sample(new float[] {0, 5, 3, 3}, 1, new long[1], List.of(row));
    assertThat(result.tokens()).containsExactly(2);
    double total = 1 + Math.exp(5) + 2 * Math.exp(3);
    assertThat((double) result.logprobs()[0])
        .isCloseTo(3 - Math.log(total), org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void logitsThatAreNoNumbersGiveNoToken() {
    SampleRow row = new SampleRow(0, Sampling.GREEDY, 0, new int[0], new int[0]);
    StepResult result =
        sample(new float[] {0, Float.NaN, 1, 0, 2, 1}, 2, new long[] {0, 1}, List.of(row, row));
    assertThat(result.tokens()).containsExactly(-1, 1);
  }

  private static StepResult sample(
      float[] logits, int rows, long[] source, List<SampleRow> samples) {
    int vocabulary = logits.length / rows;
    try (NDManager scope = manager.newSubManager();
        Sampler sampler = new Sampler(manager, vocabulary)) {
      NDArray tensor = scope.create(logits, new Shape(rows, vocabulary));
      return sampler.sample(scope, tensor, source, samples);
    }
  }
}
