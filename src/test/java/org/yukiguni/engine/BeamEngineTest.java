package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.yukiguni.engine.EngineTest.VOCABULARY;
import static org.yukiguni.engine.EngineTest.completion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Beams in the engine against a search that keeps everything in plain lists. */
@Timeout(60)
class BeamEngineTest {
  @Test
  void completionsAreThoseOfAPlainSearchWhateverTheLimitsAndTheNeighbours() {
    Random random = new Random(11);
    List<GenerationRequest> requests = new ArrayList<>();
    Map<String, String> expected = new TreeMap<>();
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      int[] prompt =
          random.ints(1 + random.nextInt(i % 10 == 0 ? 300 : 30), 0, VOCABULARY).toArray();
      boolean isSearch = i % 4 != 0;
      GenerationConfig config =
          isSearch
              ? randomSearch(random)
              : EngineTest.config(1 + random.nextInt(40), 1 + random.nextInt(4), i);
      boolean stops = isSearch && random.nextInt(4) == 0;
      GenerationRequest request =
          new GenerationRequest(
              "row" + i,
              prompt,
              config,
              stops ? Optional.of(BeamEngineTest::pairSum) : Optional.empty());
      requests.add(request);
      List<Found> best = isSearch ? plainSearch(prompt, config, stops) : List.of();
      for (int s = 0; s < config.numReturnSequences(); s++) {
        int[] tokens =
            isSearch ? best.get(s).tokens : EngineTest.reference(prompt, "row" + i, s, config);
        expected.put("row" + i + "/" + s, Arrays.toString(tokens));
        if (isSearch && config.eosTokenIds().contains(tokens[tokens.length - 1])) {
          ends.add(tokens.length);
        }
      }
    }
    assertThat(ends).hasSizeGreaterThan(100);
    for (EngineLimits limits :
        List.of(
            EngineTest.WIDE,
            new EngineLimits(1, 1, 1 << 20),
            new EngineLimits(3, 300, 20_000),
            new EngineLimits(64, 4096, 8_000),
            new EngineLimits(7, 512, 4_000))) {
      Collections.shuffle(requests, random);
      assertThat(
              EngineTest.tokensByKey(
                  EngineTest.run(limits, requests.toArray(new GenerationRequest[0]))))
          .as("%s", limits)
          .isEqualTo(expected);
    }
  }

  @Test
  void noMemoryIsTooSmallForWhatFitsAlone() {
    Random random = new Random(17);
    int refused = 0;
    for (int round = 0; round < 150; round++) {
      EngineLimits limits =
          new EngineLimits(1 + random.nextInt(9), 512, 200 + random.nextInt(2_500));
      GenerationRequest[] requests = new GenerationRequest[12];
      for (int i = 0; i < requests.length; i++) {
        int[] prompt = random.ints(1 + random.nextInt(250), 0, VOCABULARY).toArray();
        requests[i] =
            request(
                "row" + i,
                prompt,
                i % 3 == 0
                    ? EngineTest.config(1 + random.nextInt(9), 1 + random.nextInt(4), i)
                    : randomSearch(random));
      }
      Set<String> alone = new TreeSet<>();
      for (GenerationRequest r : requests) {
        alone.addAll(completed(EngineTest.run(limits, r)));
      }
      assertThat(completed(EngineTest.run(limits, requests))).as("%s", limits).isEqualTo(alone);
      refused += alone.stream().noneMatch(key -> key.startsWith("row1/")) ? 1 : 0;
    }
    assertThat(refused).isPositive();
  }

  /** Everything but failures for want of memory. */
  private static Set<String> completed(List<Outcome> outcomes) {
    Set<String> completed = new TreeSet<>();
    for (Outcome o : outcomes) {
      if (o instanceof Outcome.Completion c) {
        completed.add(c.id() + "/" + c.sequenceIndex() + Arrays.toString(c.tokens()));
      } else {
        assertThat(((Outcome.Failure) o).code()).isEqualTo(ErrorCode.KV_MEMORY);
      }
    }
    return completed;
  }

  @Test
  void completionsComeBestFirstWithTheirReasonsAndLogprobs() {
    GenerationConfig config = search(5, 5, 12, new Beams(5, 1, EarlyStopping.FALSE), 3, 4);
    int[] prompt = {4, 2};
    List<Outcome> outcomes = EngineTest.run(EngineTest.WIDE, request("a", prompt, config));
    List<Found> best = plainSearch(prompt, config, false);
    for (int i = 0; i < 5; i++) {
      Outcome.Completion c = completion(outcomes.get(i));
      int last = c.tokens()[c.tokens().length - 1];
      boolean ended = config.eosTokenIds().contains(last);
      assertThat(c.sequenceIndex()).isEqualTo(i);
      assertThat(c.tokens()).isEqualTo(best.get(i).tokens);
      assertThat(c.finishReason()).isEqualTo(ended ? FinishReason.STOP : FinishReason.LENGTH);
      assertThat(c.stopReason())
          .isEqualTo(ended ? Optional.of(Integer.toString(last)) : Optional.empty());
      assertThat(c.cumulativeLogprob()).isEqualTo(best.get(i).logprob);
    }
    assertThat(outcomes)
        .anySatisfy(o -> assertThat(completion(o).finishReason()).isEqualTo(FinishReason.STOP));
  }

  @Test
  void aPromptIsComputedOnceAndBeamsCountAsSequences() {
    FakeModel model = new FakeModel(EngineTest.CONTEXT, VOCABULARY, 1 << 20);
    GenerationRequest[] requests = new GenerationRequest[9];
    for (int i = 0; i < requests.length; i++) {
      GenerationConfig config = search(4, 2, 20, new Beams(4, 1, EarlyStopping.FALSE));
      requests[i] = request("r" + i, new Random(i).ints(100, 0, VOCABULARY).toArray(), config);
    }
    try (Engine engine =
        new Engine("test", model, new EngineLimits(10, 512, 1 << 20), Clock.SYSTEM)) {
      assertThat(EngineTest.submitAndAwait(engine, requests)).hasSize(18);
      EngineTest.await(() -> engine.stats().promptTokens() == 900);
    }
    assertThat(model.mostSequences).isEqualTo(8);
  }

  @Test
  void aSearchThatCannotRunFailsWithItsReason() {
    List<Outcome> outcomes =
        EngineTest.run(
            new EngineLimits(64, 512, 2_000),
            request("big", new int[300], search(4, 2, 9, new Beams(4, 1, EarlyStopping.TRUE))),
            request("fine", new int[] {1}, search(4, 1, 9, new Beams(4, 1, EarlyStopping.TRUE))));
    assertThat(EngineTest.failure(outcomes, "big").message())
        .isEqualTo(
            "Cannot generate for a prompt of 300 tokens because its keys and values do not fit into"
                + " the 0 MiB of KV memory; raise engine.kv_memory or lower num_beams or"
                + " max_new_tokens");
    assertThat(outcomes).hasSize(3);
  }

  @Test
  void completionsThatTheSearchDidNotFindFail() {
    GenerationConfig banned =
        search(3, 3, 1, new Beams(3, 1, EarlyStopping.FALSE), IntStream.range(1, 97).toArray());
    GenerationConfig config =
        new GenerationConfig(
            banned.sampling(),
            banned.penalties(),
            banned.constraints(),
            banned.maxNewTokens(),
            OptionalInt.empty(),
            1,
            0,
            3,
            0,
            banned.eosTokenIds(),
            List.of(),
            banned.beams(),
            OptionalInt.empty());
    List<Outcome> outcomes = EngineTest.run(EngineTest.WIDE, request("few", new int[] {1}, config));
    assertThat(completion(outcomes.get(0)).tokens()).containsExactly(0);
    assertThat(((Outcome.Failure) outcomes.get(1)).message())
        .isEqualTo(
            "Cannot give completion 1 because the beam search found 1; allow more tokens or ask for"
                + " fewer completions");
    assertThat(((Outcome.Failure) outcomes.get(2)).code()).isEqualTo(ErrorCode.NO_COMPLETION);
  }

  @Test
  void aSearchWhoseStepFailedBeginsAnew() {
    FakeModel model = new FakeModel(EngineTest.CONTEXT, VOCABULARY, 1 << 20);
    GenerationConfig config = search(3, 2, 30, new Beams(3, 1, EarlyStopping.NEVER));
    try (Engine engine = new Engine("test", model, EngineTest.WIDE, Clock.SYSTEM)) {
      model.beforeStep =
          () -> {
            if (model.steps == 5) {
              model.steps++;
              throw new IllegalStateException("no luck");
            }
          };
      List<Outcome> outcomes =
          EngineTest.submitAndAwait(engine, request("a", new int[] {1}, config));
      assertThat(outcomes).hasSize(2);
      assertThat(completion(outcomes.get(0)).tokens())
          .isEqualTo(plainSearch(new int[] {1}, config, false).get(0).tokens);
    }
  }

  private static GenerationRequest request(String id, int[] prompt, GenerationConfig config) {
    return new GenerationRequest(id, prompt, config, Optional.empty());
  }

  private static GenerationConfig randomSearch(Random random) {
    int numBeams = 2 + random.nextInt(4);
    List<EarlyStopping> stopping = List.of(EarlyStopping.values());
    double[] penalties = {1, 0, 0.6, 2, -0.5};
    int[] eos = random.ints(random.nextInt(5), 0, 12).distinct().toArray();
    int numReturned = 1 + random.nextInt(numBeams);
    return search(
        numBeams,
        numReturned,
        1 + random.nextInt(30),
        new Beams(numBeams, penalties[random.nextInt(5)], stopping.get(random.nextInt(3))),
        eos);
  }

  private static GenerationConfig search(
      int numBeams, int numReturned, int maxNewTokens, Beams beams, int... eos) {
    return new GenerationConfig(
        Sampling.GREEDY,
        new Penalties(numBeams % 2 == 0 ? 1 : 1.25, 0, 0, 0),
        Constraints.NONE,
        OptionalInt.of(maxNewTokens),
        OptionalInt.empty(),
        maxNewTokens > 3 ? 2 : 0,
        0,
        numReturned,
        0,
        Arrays.stream(eos).boxed().toList(),
        List.of(),
        beams,
        OptionalInt.empty());
  }

  /** Ends a completion whose last two tokens add up to a multiple of 11. */
  private static StopCondition pairSum() {
    int[] before = {-1};
    return token -> {
      boolean ends = before[0] >= 0 && (before[0] + token) % 11 == 0;
      before[0] = token;
      return ends ? Optional.of("sum") : Optional.empty();
    };
  }

  private record Found(int[] tokens, float score, double logprob) {
    boolean endsWithSum() {
      int n = tokens.length;
      return n > 1 && (tokens[n - 2] + tokens[n - 1]) % 11 == 0;
    }
  }

  /** Every continuation of every beam, sorted; the first num_beams that end may stay. */
  private static List<Found> plainSearch(int[] prompt, GenerationConfig config, boolean stops) {
    Beams beams = config.beams();
    int n = beams.numBeams();
    int width = Math.max(2, 1 + config.eosTokenIds().size()) * n;
    int max = config.maxNewTokens(prompt.length, EngineTest.CONTEXT);
    List<Found> running = List.of(new Found(new int[0], 0, 0));
    List<Found> done = new ArrayList<>();
    for (int length = 1; ; length++) {
      List<Found> all = new ArrayList<>();
      for (Found beam : running) {
        all.addAll(continuations(prompt, beam, config));
      }
      all.sort(Comparator.comparing(Found::score, Comparator.reverseOrder()));
      all = all.subList(0, Math.min(width, all.size()));
      List<Found> next = new ArrayList<>();
      boolean isFull = beams.earlyStopping() == EarlyStopping.TRUE && done.size() == n;
      for (int rank = 0; rank < all.size(); rank++) {
        Found found = all.get(rank);
        boolean ends =
            length == max
                || config.eosTokenIds().contains(found.tokens[length - 1])
                || (stops && found.endsWithSum());
        if (!ends) {
          next.add(found);
        } else if (rank < n && !isFull) {
          float score = found.score / (float) Math.pow(length, beams.lengthPenalty());
          done.add(new Found(found.tokens, score, found.logprob));
        }
      }
      done.sort(Comparator.comparing(Found::score, Comparator.reverseOrder()));
      done = new ArrayList<>(done.subList(0, Math.min(n, done.size())));
      running = next.subList(0, Math.min(n, next.size()));
      if (running.isEmpty()) {
        return done;
      }
      if (done.size() == n) {
        boolean isNever = beams.earlyStopping() == EarlyStopping.NEVER && beams.lengthPenalty() > 0;
        float hoped =
            running.get(0).score / (float) Math.pow(isNever ? max : length, beams.lengthPenalty());
        if (beams.earlyStopping() == EarlyStopping.TRUE || hoped <= done.get(n - 1).score) {
          return done;
        }
      }
    }
  }

  private static List<Found> continuations(int[] prompt, Found beam, GenerationConfig config) {
    int length = prompt.length + beam.tokens.length;
    int[] history = Arrays.copyOf(prompt, length);
    System.arraycopy(beam.tokens, 0, history, prompt.length, beam.tokens.length);
    float[] logprobs = FakeModel.logprobs(history, length, VOCABULARY);
    Set<Integer> banned =
        beam.tokens.length < config.minNewTokens(prompt.length)
            ? Set.copyOf(config.eosTokenIds())
            : Set.of();
    List<Found> found = new ArrayList<>();
    for (int t = 0; t < VOCABULARY; t++) {
      int token = t;
      float score = logprobs[t];
      if (Arrays.stream(history).anyMatch(seen -> seen == token)) {
        score *= (float) config.penalties().repetitionPenalty();
      }
      if (!banned.contains(t)) {
        int[] tokens = Arrays.copyOf(beam.tokens, beam.tokens.length + 1);
        tokens[beam.tokens.length] = t;
        found.add(new Found(tokens, beam.score + score, beam.logprob + logprobs[t]));
      }
    }
    return found;
  }
}
