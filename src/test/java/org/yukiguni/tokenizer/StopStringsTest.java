package org.yukiguni.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yukiguni.engine.StopCondition;

class StopStringsTest {
  private static final Tokenizer GPT2 = Fixture.named("json-bbpe-gpt2").open();

  static List<Fixture> fixtures() {
    return Fixture.all();
  }

  @AfterAll
  static void close() {
    GPT2.close();
  }

  @Test
  void stopsWhereTheStopStringIsComplete() {
    assertThat(run(GPT2, "A prompt", "one two. three", List.of("two."))).hasValue("two.");
    assertThat(run(GPT2, "A prompt", "one two, three", List.of("two."))).isEmpty();
  }

  @Test
  void aStopStringMayBeginInThePromptButNotEndThere() {
    assertThat(run(GPT2, "Is it done?", " Yes", List.of("? Y"))).hasValue("? Y");
    assertThat(run(GPT2, "Is it done?", " Yes", List.of("done?"))).isEmpty();
  }

  @Test
  void theFirstOfSeveralIsTold() {
    assertThat(run(GPT2, "", "abc.", List.of("c.", "."))).hasValue("c.");
    assertThat(run(GPT2, "", "abc.", List.of(".", "c."))).hasValue(".");
  }

  @Test
  void aCharacterOfSeveralTokensStopsAtItsLast() {
    int[] ids = GPT2.encode("\uD83E\uDD8A");
    StopCondition stop =
        StopStrings.supplier(GPT2, GPT2.encode("a"), List.of("\uD83E\uDD8A")).get();
    assertThat(stop.accept(ids[0])).isEmpty();
    assertThat(stop.accept(ids[1])).isEmpty();
    assertThat(stop.accept(ids[2])).isEmpty();
    assertThat(stop.accept(ids[3])).isPresent();
  }

  @Test
  void aSpecialTokenIsMatchedByItsContent() {
    for (String kind : List.of("json-bbpe-qwen", "json-bpe-llama2", "spm-unigram-nfkc")) {
      try (Tokenizer tokenizer = Fixture.named(kind).open()) {
        int end = tokenizer.eosTokenId().orElseThrow();
        String content = kind.equals("json-bbpe-qwen") ? "<|im_end|>" : "</s>";
        StopCondition stop =
            StopStrings.supplier(tokenizer, tokenizer.encode("a"), List.of(content)).get();
        assertThat(stop.accept(end)).as(kind).hasValue(content);
      }
    }
  }

  @Test
  void everyCompletionHasAConditionOfItsOwn() {
    Supplier<StopCondition> stops = StopStrings.supplier(GPT2, GPT2.encode("a"), List.of("xy"));
    StopCondition first = stops.get();
    StopCondition second = stops.get();
    int x = GPT2.encode("x")[0];
    int y = GPT2.encode("y")[0];
    first.accept(x);
    assertThat(second.accept(y)).isEmpty();
    assertThat(first.accept(y)).hasValue("xy");
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void agreesWithDecodingTheWholeTextAtEveryToken(Fixture fixture) {
    Random random = new Random(11);
    try (Tokenizer tokenizer = fixture.open()) {
      for (int round = 0; round < 200; round++) {
        int[] ids = random.ints(40, 0, round % 2 == 0 ? tokenizer.vocabularySize() : 264).toArray();
        IncrementalDecoder decoder = tokenizer.incrementalDecoderShowingSpecialTokens(new int[0]);
        List<String> texts = new ArrayList<>();
        StringBuilder settled = new StringBuilder();
        for (int id : ids) {
          settled.append(decoder.accept(id));
          texts.add(settled + decoder.pending());
        }
        String all = texts.get(ids.length - 1);
        if (all.length() < 12) {
          continue;
        }
        int from = random.nextInt(all.length() - 3);
        String stop = all.substring(from, from + 1 + random.nextInt(3));
        if (stop.indexOf('\uFFFD') >= 0) {
          continue;
        }
        int promptLength = random.nextInt(10);
        StopCondition condition =
            StopStrings.supplier(tokenizer, Arrays.copyOf(ids, promptLength), List.of(stop)).get();
        String promptText = promptLength == 0 ? "" : texts.get(promptLength - 1);
        for (int i = promptLength; i < ids.length; i++) {
          // A character that the prompt begins and the completion ends belongs to the completion.
          int inPrompt = commonPrefix(promptText, texts.get(i));
          int found = texts.get(i).indexOf(stop, Math.max(0, inPrompt - stop.length() + 1));
          assertThat(condition.accept(ids[i]).isPresent()).isEqualTo(found >= 0);
          if (found >= 0) {
            break;
          }
        }
      }
    }
  }

  private static int commonPrefix(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  @Test
  void refusesAnEmptyStopString() {
    assertThatThrownBy(() -> StopStrings.supplier(GPT2, new int[0], List.of("a", "")))
        .hasMessage(
            "Cannot stop at [a, ] because every stop string needs a character; leave empty ones"
                + " out.");
  }

  private static Optional<String> run(
      Tokenizer tokenizer, String prompt, String completion, List<String> stops) {
    StopCondition condition =
        StopStrings.supplier(tokenizer, tokenizer.encode(prompt), stops).get();
    for (int id : tokenizer.encode(completion)) {
      Optional<String> stop = condition.accept(id);
      if (stop.isPresent()) {
        return stop;
      }
    }
    return Optional.empty();
  }
}
