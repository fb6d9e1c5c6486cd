package org.yukiguni.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.JobReader;
import org.yukiguni.job.TrainSpec;
import org.yukiguni.model.TrainingRow;

/** A token for each character, and 3 for the end. */
class RowMakerTest {
  private static final int EOS = 3;

  @Test
  void theAnswerAndItsEndAreLearnt() {
    TrainingRow row = make("", "ab", "cd").row();
    assertThat(row.tokens()).containsExactly('a', 'b', 'c', 'd', EOS);
    assertThat(row.isTarget()).containsExactly(false, false, true, true, true);
  }

  @Test
  void thePromptIsLearntIfAskedFor() {
    assertThat(make("train_on_inputs: true", "ab", "cd").row().isTarget())
        .containsExactly(false, true, true, true, true);
  }

  @Test
  void theEndIsLeftOutIfAskedFor() {
    assertThat(make("add_eos: false", "ab", "cd").row().tokens())
        .containsExactly('a', 'b', 'c', 'd');
  }

  @Test
  void aLongRowIsCutOrRefused() {
    assertThat(make("max_length: 4", "ab", "cdef").row().tokens())
        .containsExactly('a', 'b', 'c', 'd');
    assertThat(make("max_length: 4, overlong: refuse", "ab", "cdef").problem())
        .isEqualTo("has 7 tokens");
    assertThat(make("max_length: 4", "abcd", "ef").problem())
        .isEqualTo("has a prompt of 4 tokens, which leaves nothing of its answer");
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThat(make("", null, "a").problem()).isEqualTo("has no prompt");
    assertThat(make("", "a", null).problem()).isEqualTo("has no answer");
    assertThat(make("", "a", "").problem()).isEqualTo("has an empty answer");
  }

  /** The pieces of prompt and answer may differ from those of both: "ab" + "bc" has a "bb". */
  @Test
  void whatIsLearntBeginsWhereTheTokensDifferFromThePrompts() {
    RowMaker maker =
        new RowMaker(
            text -> text.replace("bb", "B").chars().toArray(), EOS, train("max_length: 100"));
    TrainingRow row = maker.make("r", "ab", "bc").row();
    assertThat(row.tokens()).containsExactly('a', 'B', 'c', EOS);
    assertThat(row.isTarget()).containsExactly(false, true, true, true);
  }

  /** Of two turns the second ends with the token already, and a line break behind it. */
  @Test
  void eachTurnOfAConversationIsLearntUpToItsEnd() {
    String end = String.valueOf((char) EOS);
    List<String> texts =
        List.of("ab", "abcd" + end, "abcd" + end + "e", "abcd" + end + "efg" + end + "\n");
    RowMaker maker = maker("");
    TrainingRow row = maker.make("r", texts).row();
    assertThat(row.tokens()).containsExactly('a', 'b', 'c', 'd', EOS, 'e', 'f', 'g', EOS, '\n');
    assertThat(row.isTarget())
        .containsExactly(false, false, true, true, true, false, true, true, true, false);
    assertThat(maker("max_length: 7").make("r", texts).row().isTarget())
        .containsExactly(false, false, true, true, true, false, true);
    assertThat(maker.make("r", List.of()).problem()).isEqualTo("has no turn of the assistant");
  }

  /** T5-style tokenizers end every text with the token. */
  @Test
  void anEndOfThePromptIsNotInTheRow() {
    RowMaker maker =
        new RowMaker(text -> (text + (char) EOS).chars().toArray(), EOS, train("seed: 1"));
    assertThat(maker.make("r", "ab", "c").row().tokens()).containsExactly('a', 'b', 'c', EOS);
  }

  private static RowMaker.Made make(String keys, String prompt, String answer) {
    return maker(keys).make("r", prompt, answer);
  }

  private static RowMaker maker(String keys) {
    return new RowMaker(text -> text.chars().toArray(), EOS, train(keys));
  }

  private static TrainSpec train(String keys) {
    return JobReader.parseTraining(
            """
            name: t
            input: { sql: SELECT 1 }
            prompt: { column: p }
            model: { path: m }
            lora: { target_modules: q }
            train: { answer: a, %s }
            output: { path: o }
            """
                .formatted(keys),
            List.of())
        .train();
  }
}
