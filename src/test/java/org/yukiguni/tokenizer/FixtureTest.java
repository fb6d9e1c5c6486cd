package org.yukiguni.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of every tokenizer fixture. */
public class FixtureTest {
  static List<Fixture> fixtures() {
    return Fixture.all();
  }

  @Test
  void fixturesAreThere() {
    assertThat(fixtures()).hasSizeGreaterThanOrEqualTo(9);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  public void header(Fixture fixture) {
    try (Tokenizer tokenizer = fixture.open()) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(fixture.golden().get("vocab_size").asInt());
      assertThat(tokenizer.specialTokenIds())
          .isEqualTo(Fixture.ints(fixture.golden().get("special_ids")));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  public void encodes(Fixture fixture) {
    SoftAssertions softly = new SoftAssertions();
    try (Tokenizer tokenizer = fixture.open()) {
      for (JsonNode c : fixture.golden().get("cases")) {
        String text = c.get("text").asText();
        softly.assertThat(tokenizer.encode(text)).as(text).isEqualTo(Fixture.expectedIds(c));
        softly
            .assertThat(tokenizer.encodeWithSpecialTokens(text))
            .as(text)
            .isEqualTo(withSpecialTokens(fixture, tokenizer, Fixture.expectedIds(c)));
      }
    }
    softly.assertAll();
  }

  private static int[] withSpecialTokens(Fixture fixture, Tokenizer tokenizer, int[] ids) {
    JsonNode golden = fixture.golden();
    if (!fixture.isSentencePiece()) {
      return concat(
          Fixture.ints(golden.get("special_prefix")),
          ids,
          Fixture.ints(golden.get("special_suffix")));
    }
    return golden.get("special_pattern").asText().equals("eos")
        ? concat(ids, new int[] {tokenizer.eosTokenId().orElseThrow()}, new int[0])
        : concat(new int[] {tokenizer.bosTokenId().orElseThrow()}, ids, new int[0]);
  }

  private static int[] concat(int[] a, int[] b, int[] c) {
    return IntStream.of(0, 1, 2)
        .mapToObj(i -> i == 0 ? a : i == 1 ? b : c)
        .flatMapToInt(IntStream::of)
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  public void decodes(Fixture fixture) {
    SoftAssertions softly = new SoftAssertions();
    try (Tokenizer tokenizer = fixture.open()) {
      for (JsonNode c : fixture.golden().get("cases")) {
        int[] ids = Fixture.ints(c.get("ids"));
        softly.assertThat(tokenizer.decode(ids)).isEqualTo(c.get("decode").asText());
        if (!fixture.isSentencePiece()) {
          softly
              .assertThat(tokenizer.decodeSkippingSpecialTokens(ids))
              .isEqualTo(Fixture.expectedDecodeSkip(c));
        }
      }
      for (JsonNode c : fixture.golden().get("decode_cases")) {
        int[] ids = Fixture.ints(c.get("ids"));
        softly.assertThat(tokenizer.decode(ids)).isEqualTo(c.get("decode").asText());
        softly
            .assertThat(tokenizer.decodeSkippingSpecialTokens(ids))
            .isEqualTo(Fixture.expectedDecodeSkip(c));
      }
    }
    softly.assertAll();
  }
}
