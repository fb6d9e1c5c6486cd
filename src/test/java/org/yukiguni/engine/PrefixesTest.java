package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.yukiguni.engine.EngineTest.VOCABULARY;
import static org.yukiguni.engine.EngineTest.noEos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which beginning prompts are found to have in common. */
class PrefixesTest {
  private final Prefixes prefixes = new Prefixes(1);

  /** A prompt of random tokens, so much of each text, and at last one token of its own. */
  private static ActiveRequest prompt(int own, int... textsAndLengths) {
    IntStream tokens = IntStream.empty();
    for (int i = 0; i < textsAndLengths.length; i += 2) {
      IntStream text = new Random(textsAndLengths[i]).ints(textsAndLengths[i + 1], 0, VOCABULARY);
      tokens = IntStream.concat(tokens, text);
    }
    int[] prompt = IntStream.concat(tokens, IntStream.of(VOCABULARY + own)).toArray();
    return new ActiveRequest(
        EngineTest.request("p" + own, prompt, noEos(1)), outcome -> {}, Clock.SYSTEM);
  }

  private int length(ActiveRequest request, List<ActiveRequest> others) {
    return prefixes.of(request, others).map(SharedPrefix::length).orElse(0);
  }

  @Test
  void aBeginningOfEnoughTokensIsFoundAndNoShorterOne() throws IOException {
    int least = Prefixes.LEAST;
    assertThat(length(prompt(0, 1, least - 1), List.of(prompt(1, 1, least - 1)))).isZero();
    assertThat(length(prompt(0, 2, least), List.of(prompt(1, 2, least)))).isEqualTo(least);
    assertThat(Files.readString(Path.of("README.md")))
        .contains("begin with the same\n  %d tokens or more".formatted(least))
        .contains("on a CPU in whole chunks of %d tokens".formatted(Scheduler.PREFILL_CHUNK));
  }

  @Test
  void theBeginningOfMostIsTakenNotThatOfTwo() {
    List<ActiveRequest> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(prompt(i, 1, 300));
    }
    // This one goes on as the first does, by chance.
    waiting.add(prompt(0, 1, 300));
    waiting.add(prompt(20, 7, 300));
    assertThat(length(waiting.get(0), waiting)).isEqualTo(300);
    // It is known now, whoever else waits.
    assertThat(length(prompt(50, 1, 300), List.of())).isEqualTo(300);
    assertThat(length(prompt(51, 8, 300), List.of())).isZero();
  }

  @Test
  void ofTwoThatAreKnownTheLongerOneIsTaken() {
    assertThat(length(prompt(0, 1, 200), List.of(prompt(1, 1, 200)))).isEqualTo(200);
    ActiveRequest examples = prompt(2, 3, 150, 2, 300);
    assertThat(length(examples, List.of(prompt(3, 3, 150, 2, 300)))).isEqualTo(450);
    assertThat(length(prompt(4, 3, 150), List.of(prompt(5, 3, 150)))).isEqualTo(150);
    assertThat(length(prompt(6, 3, 150, 2, 300), List.of())).isEqualTo(450);
  }

  @Test
  void theOnesThatWereAskedForLastAreRemembered() {
    for (int text = 0; text < 20; text++) {
      assertThat(length(prompt(0, text, 200), List.of(prompt(1, text, 200)))).isEqualTo(200);
      assertThat(length(prompt(2, 0, 200), List.of())).isEqualTo(200);
    }
    assertThat(length(prompt(3, 19, 200), List.of())).isEqualTo(200);
    assertThat(length(prompt(3, 5, 200), List.of())).isZero();
  }

  @Test
  void equalPromptsKeepATokenOfTheirOwn() {
    ActiveRequest one = prompt(0, 1, 200);
    assertThat(length(one, List.of(one, prompt(0, 1, 200)))).isEqualTo(200);
    assertThat(length(prompt(0, 5, 200), List.of(prompt(0, 5, 200)))).isEqualTo(200);
  }

  @Test
  void copiesAreOfWholeChunks() {
    Prefixes whole = new Prefixes(256);
    for (int length : new int[] {255, 256, 511, 512}) {
      ActiveRequest request = prompt(0, length, length);
      assertThat(whole.of(request, List.of(prompt(1, length, length))).map(SharedPrefix::length))
          .isEqualTo(length < 256 ? Optional.empty() : Optional.of(length / 256 * 256));
    }
  }
}
