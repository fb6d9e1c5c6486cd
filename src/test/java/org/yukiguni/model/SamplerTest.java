package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.engine.BeamCandidates;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.LogitEdits;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Rules;
import org.yukiguni.engine.Sampling;
import org.yukiguni.engine.Step.BeamRow;
import org.yukiguni.engine.Step.SampleRow;
import org.yukiguni.engine.StepResult;
import org.yukiguni.engine.TopTokens;

/** The sampler against transformers' processed distributions, and against itself in a batch. */
class SamplerTest {
  /**
   * Evenly spaced numbers; a token of probability p is drawn p times this often, give or take 1.
   */
  private static final int DRAWS = 20_000;

  private static final int NEIGHBOURS = 40;

  private static NDManager manager;
  private static Upload.Sender sender;

  @BeforeAll
  static void open() {
    manager = TorchRuntime.newManager(new ModelOptions("cpu", 2));
    sender = new Upload.Sender(manager, "cpu");
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  /** Parameters that {@link #config} reads; another one would not change anything there. */
  private static final Set<String> READ =
      Set.of(
          "bad_words_ids",
          "eos_token_id",
          "min_length",
          "min_new_tokens",
          "min_p",
          "no_repeat_ngram_size",
          "repetition_penalty",
          "temperature",
          "top_k",
          "top_p",
          "typical_p");

  /** Compares a case of sampling.json: the share of draws of each token with its probability. */
  static void compareWithTransformers(JsonNode c) {
    List<String> params = new ArrayList<>();
    c.path("params").fieldNames().forEachRemaining(params::add);
    assertThat(READ).containsAll(params);
    open();
    try {
      compare(c);
    } finally {
      close();
    }
  }

  private static void compare(JsonNode c) {
    String name = c.path("name").asText() + " " + c.path("params");
    int vocabulary = c.path("vocab_size").asInt();
    float[] logits = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      JsonNode value = c.path("logits").path(i);
      logits[i] = value.isNull() ? Float.NEGATIVE_INFINITY : (float) value.asDouble();
    }
    GenerationConfig config = config(c.path("params"));
    int[] ids = GoldenCase.ints(c.path("input_ids"));
    int promptLength = c.path("prompt_length").asInt();
    LogitEdits edits =
        Rules.edits(
            config,
            Arrays.copyOf(ids, promptLength),
            Arrays.copyOfRange(ids, promptLength, ids.length),
            1_000);
    compareDraws(name, logits, config.sampling(), edits, GoldenCase.doubles(c.path("probs")));
  }

  private static void compareDraws(
      String name, float[] logits, Sampling sampling, LogitEdits edits, double[] expected) {
    List<SampleRow> rows = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      rows.add(new SampleRow(0, sampling, (i + 0.5) / DRAWS, edits, 0));
    }
    int[] counts = new int[logits.length];
    for (int token : sample(logits, 1, rows).tokens()) {
      counts[token]++;
    }
    for (int token = 0; token < logits.length; token++) {
      double count = expected[token] * DRAWS;
      assertThat((double) counts[token])
          .as("%s: draws of token %d", name, token)
          .isBetween(count == 0 ? 0 : count - 1.4, count == 0 ? 0 : count + 1.4);
    }
  }

  @Test
  void drawsWithTheProbabilitiesOfAPlainComputation() {
    Random random = new Random(8);
    for (int i = 0; i < 60; i++) {
      int vocabulary = 40 + random.nextInt(60);
      double scale = 0.5 + 3 * random.nextDouble();
      float[] logits = new float[vocabulary];
      for (int t = 0; t < vocabulary; t++) {
        logits[t] = (float) (scale * random.nextGaussian());
      }
      Sampling sampling =
          new Sampling(
              true,
              i % 2 == 0 ? 1 : 0.6 + random.nextDouble(),
              i % 4 == 3 ? 1 + random.nextInt(30) : 0,
              i % 5 == 4 ? 0.3 + 0.7 * random.nextDouble() : 1,
              i % 7 == 6 ? 0.1 * random.nextDouble() : 0,
              i % 6 == 5 ? 0.2 + 0.8 * random.nextDouble() : 1,
              i % 3 == 0 ? Math.pow(10, -3 * random.nextDouble()) : 0,
              i % 3 == 1 || i % 9 == 0 ? Math.pow(10, -3 * random.nextDouble()) : 0);
      LogitEdits edits = i % 8 < 4 ? LogitEdits.NONE : edits(i % 40, random, 40);
      compareDraws(
          "case " + i + " " + sampling,
          logits,
          sampling,
          edits,
          PlainWarpers.probabilities(logits, edits, sampling));
    }
  }

  private static GenerationConfig config(JsonNode params) {
    JsonNode eos = params.path("eos_token_id");
    List<Integer> eosIds = new ArrayList<>();
    if (eos.isInt()) {
      eosIds.add(eos.asInt());
    }
    eos.forEach(id -> eosIds.add(id.asInt()));
    return new GenerationConfig(
        new Sampling(
            true,
            params.path("temperature").asDouble(1),
            params.path("top_k").asInt(50),
            params.path("top_p").asDouble(1),
            params.path("min_p").asDouble(0),
            params.path("typical_p").asDouble(1),
            0,
            0),
        new Penalties(params.path("repetition_penalty").asDouble(1), 0, 0, 0),
        new Constraints(
            params.path("no_repeat_ngram_size").asInt(0),
            GoldenCase.words(params.path("bad_words_ids")),
            List.of(),
            List.of(),
            OptionalInt.empty(),
            List.of()),
        OptionalInt.of(1_000),
        OptionalInt.empty(),
        params.path("min_new_tokens").asInt(0),
        params.path("min_length").asInt(0),
        1,
        0,
        eosIds,
        List.of(),
        Beams.NONE,
        OptionalInt.empty());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6})
  void aRowDrawsTheSameWhateverItsNeighboursAskFor(int seed) {
    int vocabulary = 700;
    Random random = new Random(seed);
    float[] logits = new float[vocabulary * NEIGHBOURS];
    for (int i = 0; i < logits.length; i++) {
      // Rounded, so that equal values are common.
      logits[i] = Math.round(random.nextGaussian() * 24) / 8f;
    }
    List<SampleRow> rows = new ArrayList<>();
    for (int i = 0; i < NEIGHBOURS; i++) {
      Sampling sampling =
          new Sampling(
              i % 5 != 0,
              0.5 + random.nextDouble(),
              i % 3 == 0 ? 0 : 1 + random.nextInt(60),
              i % 4 == 0 ? 1 : random.nextDouble(),
              i % 7 == 0 ? 0.1 : 0,
              i % 8 < 5 ? 1 : 0.2 + 0.7 * random.nextDouble(),
              i % 6 == 1 ? 0.02 * random.nextDouble() : 0,
              i % 9 > 6 ? 0.3 * random.nextDouble() : 0);
      rows.add(new SampleRow(i, sampling, random.nextDouble(), edits(i, random, vocabulary), 0));
    }
    StepResult together = sample(logits, NEIGHBOURS, rows);
    for (int i = 0; i < NEIGHBOURS; i++) {
      StepResult alone =
          sample(
              Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary),
              1,
              List.of(at(0, rows.get(i))));
      assertThat(alone.tokens()[0]).as("token of row %d", i).isEqualTo(together.tokens()[i]);
      assertThat(alone.logprobs()[0]).as("bits of row %d", i).isEqualTo(together.logprobs()[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6})
  void aRowDrawsTheSameHoweverManyOfTheLargestAreTriedFirst(int seed) {
    int vocabulary = 3_000;
    Random random = new Random(seed);
    float[] logits = new float[vocabulary * NEIGHBOURS];
    for (int i = 0; i < logits.length; i++) {
      // From nearly flat to nearly certain; in every second row equal values are common.
      int row = i / vocabulary;
      double value = random.nextGaussian() * Math.pow(2, row % 8 - 3);
      logits[i] = row % 2 == 0 ? (float) value : Math.round(value * 8) / 8f;
    }
    List<SampleRow> rows = new ArrayList<>();
    for (int i = 0; i < 10 * NEIGHBOURS; i++) {
      Sampling sampling =
          new Sampling(
              true,
              1,
              i % 5 == 4 ? 1 + random.nextInt(60) : 0,
              i % 3 == 0 ? 1 : random.nextDouble(),
              i % 7 == 6 ? 0.1 * random.nextDouble() : 0,
              i % 11 == 10 ? 0.9 : 1,
              0,
              0);
      double uniform = i % 13 == 12 ? Math.nextDown(1.0) : random.nextDouble();
      LogitEdits edits = LogitEdits.ban(random.nextInt(vocabulary));
      rows.add(new SampleRow(i % NEIGHBOURS, sampling, uniform, edits, 0));
    }
    int[] expected = drawn(logits, rows, vocabulary);
    for (int firstWidth : new int[] {4, 64, 256}) {
      assertThat(drawn(logits, rows, firstWidth)).as("%d first", firstWidth).isEqualTo(expected);
    }
  }

  private static int[] drawn(float[] logits, List<SampleRow> rows, int firstWidth) {
    int vocabulary = logits.length / NEIGHBOURS;
    try (NDManager scope = manager.newSubManager();
        Sampler sampler = new Sampler(manager, sender, vocabulary, firstWidth)) {
      NDArray tensor = scope.create(logits, new Shape(NEIGHBOURS, vocabulary));
      return draw(sampler, scope, tensor, rows, List.of()).tokens();
    }
  }

  /** Penalties for most rows; sometimes a few forced ones; always a ban. */
  private static LogitEdits edits(int row, Random random, int vocabulary) {
    int[] seen = random.ints(30, 0, vocabulary).distinct().toArray();
    int[] lowered = row % 3 == 0 ? new int[0] : random.ints(9, 0, vocabulary).distinct().toArray();
    float[] lowering = new float[lowered.length];
    for (int i = 0; i < lowering.length; i++) {
      lowering[i] = random.nextFloat() - 0.3f;
    }
    int[] forced = row % 13 == 12 ? new int[] {4, 5, row, 39} : new int[0];
    // Ids that no model has are passed over.
    int[] banned = {row, 10_000, Integer.MAX_VALUE};
    return new LogitEdits(row % 2 == 0 ? 1 : 1.3, seen, lowered, lowering, forced, banned);
  }

  @Test
  void aBeamGetsItsBestContinuationsWhateverItsNeighboursAskFor() {
    int vocabulary = 300;
    Random random = new Random(5);
    float[] logits = new float[vocabulary * 20];
    for (int i = 0; i < logits.length; i++) {
      // Rounded, so that equal values are common.
      logits[i] = Math.round(random.nextGaussian() * 24) / 8f;
    }
    List<BeamRow> beams = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      LogitEdits edits =
          new LogitEdits(
              i % 2 == 0 ? 1 : 1.5,
              random.ints(30, 0, vocabulary).distinct().toArray(),
              new int[] {i},
              new float[] {-2},
              new int[0],
              new int[] {i + 1});
      beams.add(
          new BeamRow(i, edits, -random.nextInt(9), i == 7 ? 999 : 1 + random.nextInt(40), 0));
    }
    List<BeamCandidates> together = search(logits, vocabulary, beams);
    List<BeamCandidates> fewer = search(logits, vocabulary, beams.subList(0, 7));
    for (int i = 0; i < 20; i++) {
      BeamCandidates found = together.get(i);
      assertThat(found.tokens()).hasSize(Math.min(vocabulary, beams.get(i).candidates()));
      assertThat(found.tokens()).doesNotHaveDuplicates();
      for (int rank = 1; rank < found.tokens().length; rank++) {
        float before = found.scores()[rank - 1];
        assertThat(found.scores()[rank]).isLessThanOrEqualTo(before);
        assertThat(found.scores()[rank] < before || found.tokens()[rank] > found.tokens()[rank - 1])
            .isTrue();
      }
      if (i < 7) {
        assertThat(fewer.get(i).tokens()).isEqualTo(found.tokens());
        assertThat(fewer.get(i).scores()).isEqualTo(found.scores());
        assertThat(fewer.get(i).logprobs()).isEqualTo(found.logprobs());
      }
    }
    assertThat(together.get(7).scores()[vocabulary - 1]).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(together.get(7).tokens()[vocabulary - 1]).isEqualTo(8);
  }

  @Test
  void theScoreOfABeamIsPenalisedAsALogProbability() {
    LogitEdits edits =
        new LogitEdits(2, new int[] {0}, new int[0], new float[0], new int[0], new int[] {1});
    float[] logits = {1, 5, 0, Float.NaN, 0, 0};
    List<BeamRow> beams =
        List.of(new BeamRow(0, edits, -4, 2, 0), new BeamRow(1, LogitEdits.NONE, 0, 1, 0));
    List<BeamCandidates> found = search(logits, 3, beams);
    double total = Math.log(Math.exp(1) + Math.exp(5) + 1);
    assertThat(found.get(0).tokens()).containsExactly(2, 0);
    assertThat(found.get(0).scores()[0]).isCloseTo((float) (-4 - total), offset());
    assertThat(found.get(0).scores()[1]).isCloseTo((float) (-4 + 2 * (1 - total)), offset());
    assertThat(found.get(0).logprobs()[1]).isCloseTo((float) (1 - total), offset());
    assertThat(found.get(1).scores()[0]).isNaN();
  }

  private static org.assertj.core.data.Offset<Float> offset() {
    return org.assertj.core.data.Offset.offset(1e-5f);
  }

  private static List<BeamCandidates> search(float[] logits, int vocabulary, List<BeamRow> beams) {
    try (NDManager scope = manager.newSubManager();
        Sampler sampler = new Sampler(manager, sender, vocabulary)) {
      NDArray tensor = scope.create(logits, new Shape(logits.length / vocabulary, vocabulary));
      return draw(sampler, scope, tensor, List.of(), beams).beams();
    }
  }

  @Test
  void theMostProbableTokensAreThoseOfTheWholeDistributionWhateverTheNeighboursAskFor() {
    int vocabulary = 200;
    Random random = new Random(9);
    float[] logits = new float[vocabulary * 12];
    for (int i = 0; i < logits.length; i++) {
      // Rounded, so that equal values are common.
      logits[i] = Math.round(random.nextGaussian() * 16) / 8f;
    }
    List<SampleRow> rows = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int top = i == 5 ? 0 : i == 6 ? 1000 : 1 + random.nextInt(30);
      // Neither bans nor temperatures change them.
      rows.add(new SampleRow(i, Sampling.GREEDY, 0, LogitEdits.ban(random.nextInt(200)), top));
    }
    StepResult result = sample(logits, 12, rows);
    for (int i = 0; i < 12; i++) {
      TopTokens top = result.tops().get(i);
      float[] x = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
      double total = 0;
      for (float value : x) {
        total += Math.exp(value);
      }
      int[] expected =
          IntStream.range(0, vocabulary)
              .boxed()
              .sorted(Comparator.comparing(t -> -x[t]))
              .limit(rows.get(i).top())
              .mapToInt(Integer::intValue)
              .toArray();
      assertThat(top.ids()).containsExactly(expected);
      for (int rank = 0; rank < expected.length; rank++) {
        assertThat(top.logprobs()[rank])
            .isCloseTo((float) (x[expected[rank]] - Math.log(total)), offset());
      }
    }
  }

  @Test
  void greedyTakesTheFirstOfEqualLogits() {
    SampleRow row = new SampleRow(0, Sampling.GREEDY, 0.9, LogitEdits.ban(1), 0);
    StepResult result = sample(new float[] {0, 5, 3, 3}, 1, List.of(row));
    assertThat(result.tokens()).containsExactly(2);
    double total = 1 + Math.exp(5) + 2 * Math.exp(3);
    assertThat((double) result.logprobs()[0])
        .isCloseTo(3 - Math.log(total), org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void logitsThatAreNoNumbersGiveNoToken() {
    SampleRow row = new SampleRow(0, Sampling.GREEDY, 0, LogitEdits.NONE, 0);
    StepResult result = sample(new float[] {0, Float.NaN, 1, 0, 2, 1}, 2, List.of(row, at(1, row)));
    assertThat(result.tokens()).containsExactly(-1, 1);
  }

  private static SampleRow at(int token, SampleRow row) {
    return new SampleRow(token, row.sampling(), row.uniform(), row.edits(), row.top());
  }

  private static StepResult sample(float[] logits, int rows, List<SampleRow> samples) {
    int vocabulary = logits.length / rows;
    try (NDManager scope = manager.newSubManager();
        Sampler sampler = new Sampler(manager, sender, vocabulary)) {
      NDArray tensor = scope.create(logits, new Shape(rows, vocabulary));
      return draw(sampler, scope, tensor, samples, List.of());
    }
  }

  private static StepResult draw(
      Sampler sampler,
      NDManager scope,
      NDArray logits,
      List<SampleRow> samples,
      List<BeamRow> beams) {
    Upload upload = new Upload();
    int[] rows = IntStream.range(0, (int) logits.getShape().get(0)).toArray();
    Sampler.Draws draws = sampler.new Draws(upload, rows, samples, beams);
    upload.send(sender, scope);
    draws.start(scope, logits);
    return draws.finish(scope);
  }
}
