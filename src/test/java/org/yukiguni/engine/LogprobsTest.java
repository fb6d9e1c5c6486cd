package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class LogprobsTest {
  private static final int[] PROMPT = {5, 9, 11};

  private static GenerationConfig config(Sampling sampling, Beams beams, OptionalInt logprobs) {
    return new GenerationConfig(
        sampling,
        Penalties.NONE,
        Constraints.NONE,
        OptionalInt.of(6),
        OptionalInt.empty(),
        0,
        0,
        2,
        0,
        List.of(),
        List.of(),
        beams,
        logprobs);
  }

  private static List<Outcome.Completion> run(GenerationConfig config) {
    return EngineTest.run(EngineTest.WIDE, EngineTest.request("a", PROMPT, config)).stream()
        .map(EngineTest::completion)
        .toList();
  }

  /** The tops are those of the fake model at each place of the completion. */
  private static void check(Outcome.Completion completion, int k) {
    int[] history = Arrays.copyOf(PROMPT, PROMPT.length + completion.tokens().length);
    double sum = 0;
    for (int i = 0; i < completion.tokens().length; i++) {
      float[] expected = FakeModel.logprobs(history, PROMPT.length + i, EngineTest.VOCABULARY);
      TokenLogprobs token = completion.logprobs().get(i);
      assertThat(token.top().ids()).hasSize(k).doesNotHaveDuplicates();
      for (int rank = 0; rank < k; rank++) {
        assertThat(token.top().logprobs()[rank]).isEqualTo(expected[token.top().ids()[rank]]);
      }
      float[] best = expected.clone();
      Arrays.sort(best);
      assertThat(token.top().logprobs()[k - 1]).isEqualTo(best[best.length - k]);
      sum += token.logprob();
      history[PROMPT.length + i] = completion.tokens()[i];
    }
    assertThat(completion.logprobs()).hasSize(completion.tokens().length);
    assertThat(completion.cumulativeLogprob()).isEqualTo(sum);
  }

  @Test
  void eachDrawnTokenHasItsOwnAndTheBest() {
    List<Outcome.Completion> completions =
        run(config(Sampling.PLAIN, Beams.NONE, OptionalInt.of(3)));
    assertThat(completions).hasSize(2).allSatisfy(completion -> check(completion, 3));
  }

  @Test
  void beamsHaveThemToo() {
    Beams beams = new Beams(3, 1, EarlyStopping.FALSE);
    List<Outcome.Completion> completions = run(config(Sampling.GREEDY, beams, OptionalInt.of(4)));
    assertThat(completions).hasSize(2).allSatisfy(completion -> check(completion, 4));
  }

  @Test
  void zeroGivesThoseOfTheDrawnTokensOnly() {
    for (Outcome.Completion c : run(config(Sampling.PLAIN, Beams.NONE, OptionalInt.of(0)))) {
      assertThat(c.logprobs()).hasSize(6);
      assertThat(c.logprobs()).allSatisfy(token -> assertThat(token.top().ids()).isEmpty());
    }
  }

  @Test
  void nobodyGetsThemUnasked() {
    for (Outcome.Completion c : run(config(Sampling.PLAIN, Beams.NONE, OptionalInt.empty()))) {
      assertThat(c.logprobs()).isEmpty();
    }
  }
}
