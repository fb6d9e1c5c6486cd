package org.yukiguni.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerUseTest {
  static List<Fixture> fixtures() {
    return Fixture.all();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void mayBeUsedByManyThreads(Fixture fixture) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Tokenizer tokenizer = fixture.open()) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        all.add(threads.submit(() -> encodeAndDecodeAll(tokenizer, fixture)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static void encodeAndDecodeAll(Tokenizer tokenizer, Fixture fixture) {
    for (JsonNode c : fixture.golden().get("cases")) {
      assertThat(tokenizer.encode(c.get("text").asText())).isEqualTo(Fixture.expectedIds(c));
      assertThat(tokenizer.decode(Fixture.ints(c.get("ids")))).isEqualTo(c.get("decode").asText());
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void strangeTextsAndIdsAreNoProblem(Fixture fixture) {
    try (Tokenizer tokenizer = fixture.open()) {
      assertThat(tokenizer.encode("")).isEmpty();
      assertThat(tokenizer.decode(new int[0])).isEmpty();
      assertThat(tokenizer.encode("a\uD83Eb")).isEqualTo(tokenizer.encode("a\uFFFDb"));
      assertThat(tokenizer.encode("a\u0000b\uDC00")).isNotEmpty();
      int[] outside = {-1, Integer.MIN_VALUE, tokenizer.vocabularySize(), Integer.MAX_VALUE};
      assertThat(tokenizer.decode(outside)).isEmpty();
      assertThat(tokenizer.decodeSkippingSpecialTokens(outside)).isEmpty();
      IntStream.range(0, tokenizer.vocabularySize())
          .forEach(id -> assertThat(tokenizer.decode(new int[] {id})).isNotNull());
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void nothingIsTruncated(Fixture fixture) {
    try (Tokenizer tokenizer = fixture.open()) {
      String text = "これは、とても長い文章です。This is long.";
      assertThat(tokenizer.encode(text.repeat(500)))
          .hasSizeGreaterThan(500 * (tokenizer.encode(text).length - 2));
    }
  }

  @Test
  void truncationAndPaddingOfTheFileAreSwitchedOff(@TempDir Path folder) throws IOException {
    Path from = Fixture.named("json-bbpe-gpt2").folder().resolve("tokenizer.json");
    ObjectNode json = (ObjectNode) Fixture.json(from);
    json.putObject("truncation")
        .put("direction", "Right")
        .put("max_length", 4)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    ObjectNode padding = json.putObject("padding");
    padding.putObject("strategy").put("Fixed", 100_000);
    padding
        .put("direction", "Right")
        .putNull("pad_to_multiple_of")
        .put("pad_id", 0)
        .put("pad_type_id", 0)
        .put("pad_token", "!");
    Files.writeString(folder.resolve("tokenizer.json"), json.toString());
    try (Tokenizer tokenizer = Tokenizer.open(folder);
        Tokenizer plain = Fixture.named("json-bbpe-gpt2").open()) {
      String text = "word ".repeat(1000);
      assertThat(tokenizer.encode(text)).isEqualTo(plain.encode(text)).hasSizeGreaterThan(1000);
    }
  }

  @Test
  void addBosAndEosTokenOverruleTheFileWhereTransformersRebuildsIt(@TempDir Path folder)
      throws IOException {
    Path from = Fixture.named("json-bpe-llama2").folder();
    Files.copy(from.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    String config =
        "{\"tokenizer_class\": \"%s\", \"bos_token\": \"<s>\", \"eos_token\": \"</s>\","
            + " \"add_bos_token\": false, \"add_eos_token\": true}";
    Path file = folder.resolve("tokenizer_config.json");
    Files.writeString(file, config.formatted("LlamaTokenizer"));
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.encodeWithSpecialTokens("")).containsExactly(2);
    }
    Files.writeString(file, config.formatted("PreTrainedTokenizerFast"));
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.encodeWithSpecialTokens("")).containsExactly(1);
    }
  }

  @Test
  void theDefaultModelIsReadAsSentencePieceReadsIt() {
    Path folder = Path.of("data/models/yukiguni-mini");
    JsonNode golden = Fixture.json(folder.resolve("golden.json"));
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      assertThat(golden.get("items")).isNotEmpty();
      for (JsonNode item : golden.get("items")) {
        assertThat(tokenizer.encode(item.get("prompt").asText()))
            .isEqualTo(Fixture.ints(item.get("input_ids")));
        assertThat(tokenizer.decodeSkippingSpecialTokens(Fixture.ints(item.get("output_ids"))))
            .isEqualTo(item.get("output_text").asText());
      }
    }
  }
}
