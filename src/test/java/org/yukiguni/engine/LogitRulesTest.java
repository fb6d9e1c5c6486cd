package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Penalties and constraints, one by one, and all of them against a plain rescan. */
@Timeout(60)
class LogitRulesTest {
  private static final int VOCABULARY = 67;
  private static final int[] NONE = {};

  @Test
  void noRepeatNgramBansWhatFollowedTheSameTokensInPromptAndCompletion() {
    Constraints three = constraints(3, List.of());
    assertThat(edits(three, ids(1, 2, 3, 1, 2, 4), ids(1, 2)).banned())
        .containsExactlyInAnyOrder(3, 4);
    assertThat(edits(three, ids(1, 2, 3, 1), NONE).banned()).isEmpty();
    assertThat(edits(three, ids(1), NONE).banned()).isEmpty();
    assertThat(edits(constraints(1, List.of()), ids(5, 6), ids(5)).banned()).contains(5, 6);
    assertThat(edits(constraints(2, List.of()), ids(5, 6), ids(5)).banned()).containsExactly(6);
  }

  @Test
  void aBadWordIsBannedAtItsLastTokenAndASingleEosIsNot() {
    Constraints words =
        constraints(0, List.of(List.of(9), List.of(0), List.of(7, 8), List.of(4, 7, 0)));
    assertThat(edits(words, ids(4), ids(7)).banned()).containsExactlyInAnyOrder(9, 8, 0);
    assertThat(edits(words, ids(7), ids(5)).banned()).containsExactly(9);
    assertThat(edits(words, ids(7), NONE).banned()).containsExactlyInAnyOrder(9, 8);
  }

  @Test
  void suppressedTokensNeverComeAndOthersNotAtTheBegin() {
    Constraints c =
        new Constraints(0, List.of(), List.of(1), List.of(2), OptionalInt.empty(), List.of());
    assertThat(edits(c, ids(5), NONE).banned()).containsExactly(1, 2);
    assertThat(edits(c, ids(5), ids(6)).banned()).containsExactly(1);
  }

  @Test
  void theForcedBosComesBehindAPromptOfOneTokenAndMovesTheBegin() {
    Constraints c =
        new Constraints(0, List.of(), List.of(), List.of(2), OptionalInt.of(3), List.of());
    assertThat(edits(c, ids(5), NONE).forced()).containsExactly(3);
    assertThat(edits(c, ids(5), NONE).banned()).isEmpty();
    assertThat(edits(c, ids(5), ids(3)).forced()).isEmpty();
    assertThat(edits(c, ids(5), ids(3)).banned()).containsExactly(2);
    assertThat(edits(c, ids(5, 6), NONE).forced()).isEmpty();
    assertThat(edits(c, ids(5, 6), NONE).banned()).containsExactly(2);
  }

  @Test
  void theForcedEosIsTheLastTokenAndUndoesOtherBans() {
    Constraints c =
        new Constraints(1, List.of(), List.of(), List.of(), OptionalInt.empty(), List.of(3, 5));
    assertThat(edits(c, ids(5), ids(1, 2)).forced()).isEmpty();
    LogitEdits last = edits(c, ids(5), ids(1, 2, 3));
    assertThat(last.forced()).containsExactly(3, 5);
    assertThat(last.banned()).isEmpty();
  }

  @Test
  void theRepetitionPenaltyLooksAsFarBackAsItIsTold() {
    assertThat(seen(0)).containsExactlyInAnyOrder(1, 2, 3, 4);
    assertThat(seen(-1)).containsExactlyInAnyOrder(1, 2, 3, 4);
    assertThat(seen(3)).containsExactlyInAnyOrder(3, 4, 2);
    assertThat(seen(2)).containsExactlyInAnyOrder(4, 2);
    assertThat(seen(1)).containsExactly(2);
    assertThat(seen(100)).containsExactlyInAnyOrder(1, 2, 3, 4);
    assertThat(edits(new Penalties(1, 3, 0, 0), ids(1), ids(2)).seen()).isEmpty();
  }

  private static int[] seen(int repeatLastN) {
    return edits(new Penalties(1.2, repeatLastN, 0, 0), ids(1, 2, 2, 3), ids(4, 2)).seen();
  }

  @Test
  void presenceAndFrequencyCountTheCompletionOnly() {
    LogitEdits edits = edits(new Penalties(1, 0, 0.5, 0.25), ids(1, 2, 2), ids(4, 2, 4));
    assertThat(edits.lowered()).containsExactly(4, 2);
    assertThat(edits.lowering()).containsExactly(1f, 0.75f);
    assertThat(edits.seen()).isEmpty();
  }

  @Test
  void allTogetherAreAPlainRescan() {
    Random random = new Random(11);
    for (int round = 0; round < 300; round++) {
      GenerationConfig config = random(random);
      int[] prompt = random.ints(1 + random.nextInt(20), 0, 14).toArray();
      GenerationRequest request =
          new GenerationRequest("row" + round, prompt, config, Optional.empty());
      for (Outcome outcome : run(request)) {
        assertThat(outcome).isInstanceOf(Outcome.Completion.class);
        assertThat(((Outcome.Completion) outcome).tokens())
            .as("%s behind %s", config, Arrays.toString(prompt))
            .isEqualTo(plain(request, outcome.sequenceIndex()));
      }
    }
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> constraints(0, List.of(List.of())))
        .hasMessage("bad_words_ids must not hold an empty list");
    assertThatThrownBy(() -> constraints(-1, List.of()))
        .hasMessage("no_repeat_ngram_size must be 0 (off) or more, not -1");
    assertThatThrownBy(
            () ->
                new Constraints(0, List.of(), List.of(3), List.of(), OptionalInt.of(3), List.of()))
        .hasMessage(
            "forced_bos_token_id must not be in suppress_tokens, which leaves no token to draw");
    assertThatThrownBy(() -> new Penalties(1, -2, 0, 0))
        .hasMessage("repeat_last_n must be a number of tokens, or 0 or -1 for all, not -2");
    assertThatThrownBy(() -> new Penalties(1, 0, 0, 2.5))
        .hasMessage("frequency_penalty must be between -2 and 2, not 2.5");
    assertThatThrownBy(() -> new Sampling(true, 1, 0, 1, 0, 0, 0, 0))
        .hasMessage("typical_p must be above 0; 1 turns it off");
  }

  private static GenerationConfig random(Random random) {
    boolean narrow = random.nextBoolean();
    List<Integer> suppress = new ArrayList<>();
    // With few tokens left they repeat often; then bans of n-grams must not take all of them.
    for (int token = 20; narrow && token < VOCABULARY; token++) {
      suppress.add(token);
    }
    int ngram = random.nextInt(4);
    List<List<Integer>> words = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      words.add(random.ints(1 + random.nextInt(3), 0, 5).boxed().toList());
    }
    return new GenerationConfig(
        Sampling.PLAIN,
        new Penalties(
            random.nextBoolean() ? 1 : 1.1,
            random.nextInt(9) - 1,
            random.nextInt(3) - 1,
            random.nextBoolean() ? 0 : 0.5),
        new Constraints(
            narrow && ngram == 1 ? 3 : ngram,
            words,
            suppress,
            random.nextBoolean() ? List.of() : List.of(0, 1),
            random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(2),
            random.nextBoolean() ? List.of() : List.of(3, 4)),
        OptionalInt.of(1 + random.nextInt(30)),
        OptionalInt.empty(),
        random.nextInt(3) * 5,
        random.nextInt(3) * 8,
        1 + random.nextInt(3),
        random.nextLong(),
        random.nextBoolean() ? List.of(0) : List.of(1, 3),
        List.of(),
        Beams.NONE,
        OptionalInt.empty());
  }

  private static int[] plain(GenerationRequest request, int index) {
    GenerationConfig config = request.config();
    int[] prompt = request.promptTokens();
    int max = config.maxNewTokens().getAsInt();
    int[] history = Arrays.copyOf(prompt, prompt.length + max);
    long key = CounterRandom.key(config.seed(), request.id(), index);
    int length = prompt.length;
    boolean ended = false;
    while (length < history.length && !ended) {
      int[] ids = Arrays.copyOf(history, length);
      Step.SampleRow row =
          new Step.SampleRow(
              0,
              config.sampling(),
              CounterRandom.uniform(key, length - prompt.length),
              PlainRules.edits(config, ids, prompt.length, history.length),
              0);
      int token = FakeModel.next(history, length, row, VOCABULARY);
      history[length++] = token;
      ended = config.eosTokenIds().contains(token);
    }
    return Arrays.copyOfRange(history, prompt.length, length);
  }

  private static List<Outcome> run(GenerationRequest request) {
    EngineLimits limits = new EngineLimits(8, 64, 1 << 16);
    LinkedBlockingQueue<Outcome> queue = new LinkedBlockingQueue<>();
    List<Outcome> outcomes = new ArrayList<>();
    try (Engine engine =
        new Engine("test", new FakeModel(200, VOCABULARY, 1 << 16), limits, Clock.SYSTEM)) {
      engine.submit(request, queue::add);
      for (int i = 0; i < request.config().numReturnSequences(); i++) {
        outcomes.add(queue.poll(20, TimeUnit.SECONDS));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return outcomes;
  }

  private static Constraints constraints(int ngram, List<List<Integer>> words) {
    return new Constraints(ngram, words, List.of(), List.of(), OptionalInt.empty(), List.of());
  }

  private static LogitEdits edits(Constraints constraints, int[] prompt, int[] completion) {
    return Rules.edits(config(Penalties.NONE, constraints), prompt, completion, 4);
  }

  private static LogitEdits edits(Penalties penalties, int[] prompt, int[] completion) {
    return Rules.edits(config(penalties, Constraints.NONE), prompt, completion, 4);
  }

  private static GenerationConfig config(Penalties penalties, Constraints constraints) {
    return new GenerationConfig(
        Sampling.GREEDY,
        penalties,
        constraints,
        OptionalInt.of(4),
        OptionalInt.empty(),
        0,
        0,
        1,
        0,
        List.of(0),
        List.of(),
        Beams.NONE,
        OptionalInt.empty());
  }

  private static int[] ids(int... ids) {
    return ids;
  }
}
