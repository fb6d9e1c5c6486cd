package org.yukiguni.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IncrementalDecoderTest {
  static List<Fixture> fixtures() {
    return Fixture.all();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void deltasOfRandomIdsAddUpToTheFullText(Fixture fixture) {
    Random random = new Random(7);
    try (Tokenizer tokenizer = fixture.open()) {
      int[] lowIds = lowIds(tokenizer);
      for (int round = 0; round < 300; round++) {
        // Every other sequence is of low ids only: bytes and special tokens.
        int[] ids = new int[1 + random.nextInt(round % 10 == 0 ? 300 : 24)];
        for (int i = 0; i < ids.length; i++) {
          ids[i] =
              round % 2 == 0
                  ? random.nextInt(tokenizer.vocabularySize() + 4) - 2
                  : lowIds[random.nextInt(lowIds.length)];
        }
        assertLaw(tokenizer, ids, random.nextInt(ids.length + 1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void deltasOfRealTextAddUpToTheFullText(Fixture fixture) {
    Random random = new Random(8);
    List<JsonNode> cases = new ArrayList<>();
    fixture.golden().get("cases").forEach(cases::add);
    try (Tokenizer tokenizer = fixture.open()) {
      for (int round = 0; round < 300; round++) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
          text.append(cases.get(random.nextInt(cases.size())).get("text").asText());
        }
        int[] ids = tokenizer.encode(text.toString());
        assertLaw(tokenizer, ids, random.nextInt(ids.length + 1));
      }
    }
  }

  private static int[] lowIds(Tokenizer tokenizer) {
    return IntStream.range(0, Math.min(264, tokenizer.vocabularySize())).toArray();
  }

  /** The law of {@link IncrementalDecoder}, and that no delta shows a character unfinished. */
  private static void assertLaw(Tokenizer tokenizer, int[] ids, int promptLength) {
    int[] prompt = Arrays.copyOf(ids, promptLength);
    String promptText = tokenizer.decodeSkippingSpecialTokens(prompt);
    String full = tokenizer.decodeSkippingSpecialTokens(ids);
    IncrementalDecoder decoder = tokenizer.incrementalDecoder(prompt);
    String settled = promptText.substring(0, promptText.length() - decoder.pending().length());
    assertThat(promptText).endsWith(decoder.pending());
    StringBuilder text = new StringBuilder(settled);
    for (int i = promptLength; i < ids.length; i++) {
      IncrementalDecoder other = decoder.fork();
      text.append(decoder.accept(ids[i]));
      assertThat(full).as("settled text is final").startsWith(text.toString());
      if (i % 7 == 0) {
        assertThat(text + decoder.pending())
            .isEqualTo(tokenizer.decodeSkippingSpecialTokens(Arrays.copyOf(ids, i + 1)));
        other.accept(ids[0]);
      }
    }
    assertThat(decoder.pendingTail(1)).isEqualTo(tail(decoder.pending(), 1));
    assertThat(text + decoder.pending()).isEqualTo(full);
  }

  private static String tail(String text, int length) {
    return text.substring(Math.max(0, text.length() - length));
  }

  @Test
  void holdsBackHalfACharacter() {
    try (Tokenizer tokenizer = Fixture.named("json-bbpe-gpt2").open()) {
      int[] ids = tokenizer.encode("\uD83E\uDD8A");
      assertThat(ids).hasSize(4);
      IncrementalDecoder decoder = tokenizer.incrementalDecoder(new int[0]);
      assertThat(decoder.accept(ids[0])).isEmpty();
      assertThat(decoder.pending()).isEqualTo("\uFFFD");
      assertThat(decoder.accept(ids[1])).isEmpty();
      assertThat(decoder.accept(ids[2])).isEmpty();
      assertThat(decoder.accept(ids[3])).isEqualTo("\uD83E\uDD8A");
      assertThat(decoder.pending()).isEmpty();
    }
  }

  @Test
  void decodesFewTokensPerTokenHoweverLongTheSequence() {
    long[] decoded = new long[1];
    JsonDecoder decoder =
        new JsonDecoder(
            ids -> {
              decoded[0] += ids.length;
              return "x".repeat(ids.length);
            },
            id -> false,
            new ByteFallback(Map.of(0, (byte) 'x'), false),
            new int[0]);
    int tokens = 20_000;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens; i++) {
      // Half of them are one run of byte tokens, which must not be decoded again and again.
      text.append(decoder.accept(i < tokens / 2 ? 0 : 1));
      decoder.pendingTail(3);
    }
    assertThat(text).hasSize(tokens);
    assertThat(decoded[0]).isLessThan(60L * tokens);
  }
}
