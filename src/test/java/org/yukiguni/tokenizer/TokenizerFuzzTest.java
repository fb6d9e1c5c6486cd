package org.yukiguni.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.fuzz.Fuzzer;

/** Damaged files of a tokenizer. What is accepted tokenises a text and turns the ids back. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TokenizerFuzzTest {
  private static final Path MINI = Path.of("data/models/yukiguni-mini");
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final Path SMALL = FIXTURES.resolve("gpt_neox-bin/spiece.model");
  private static final String TEXT = "雪国の朝、Ａ<s>x</s> \t\u3000が\u0000!";

  @TempDir Path folder;

  @Test
  void sentencePieceModels() throws IOException {
    Fuzzer.run(
        "SentencePiece model",
        List.of(
            Files.readAllBytes(SMALL),
            Files.readAllBytes(FIXTURES.resolve("llama-sharded/tokenizer.model"))),
        4_000,
        input -> {
          Files.write(folder.resolve("spiece.model"), input);
          use(folder);
        },
        TokenizerException.class);
  }

  @Test
  void configs() throws IOException {
    Files.copy(SMALL, folder.resolve("spiece.model"));
    for (String name :
        List.of("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")) {
      Path file = folder.resolve(name);
      Fuzzer.run(
          name,
          seeds(name),
          400,
          input -> {
            Files.write(file, input);
            use(folder);
          },
          TokenizerException.class);
      Files.delete(file);
    }
  }

  @Test
  void vocabularies() throws IOException {
    byte[] json = Files.readAllBytes(FIXTURES.resolve("gpt2/tokenizer.json"));
    Path file = folder.resolve("tokenizer.json");
    Fuzzer.run(
        "tokenizer.json, our part",
        List.of(json),
        1_500,
        input -> JsonTokenizerFile.read(Files.write(file, input), Set.of("a", "</s>")),
        TokenizerException.class);
  }

  @Test
  void tokenizerJsonFiles() throws IOException {
    Path from = FIXTURES.resolve("gpt2");
    Files.copy(from.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
    List<byte[]> seeds = List.of(Files.readAllBytes(from.resolve("tokenizer.json")));
    Fuzzer.Parser parser =
        input -> {
          Files.write(folder.resolve("tokenizer.json"), input);
          use(folder);
        };
    Fuzzer.run("tokenizer.json", seeds, 400, parser, TokenizerException.class);
    Fuzzer.runJson("tokenizer.json", seeds, 800, parser, TokenizerException.class);
  }

  private static void use(Path folder) {
    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
      int[] ids = tokenizer.encode(TEXT);
      tokenizer.decode(ids);
      tokenizer.eosTokenId();
      tokenizer.specialTokenIds();
    }
  }

  private static List<byte[]> seeds(String name) throws IOException {
    return switch (name) {
      case "tokenizer_config.json" -> {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(Files.readAllBytes(MINI.resolve(name)));
        seeds.add(
            """
            {"tokenizer_class": "T5Tokenizer", "bos_token": "<s>", "eos_token": {"content": "</s>",
             "lstrip": true, "rstrip": false, "special": true}, "additional_special_tokens": ["<x>"],
             "added_tokens_decoder": {"4000": {"content": "<y>", "special": false}}, "extra_ids": 0}
            """
                .getBytes(UTF_8));
        yield seeds;
      }
      case "special_tokens_map.json" ->
          List.of(
              "{\"eos_token\": \"</s>\", \"pad_token\": {\"content\": \"[PAD]\"}}".getBytes(UTF_8));
      default -> List.of("{\"<z>\": 4000, \"<w>\": 4001}".getBytes(UTF_8));
    };
  }
}
