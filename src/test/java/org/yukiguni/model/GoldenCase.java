package org.yukiguni.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.EarlyStopping;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;

/**
 * A model folder, maybe with an adapter, with what Hugging Face transformers computed for it,
 * {@code golden.json}.
 */
record GoldenCase(Path folder, Optional<Path> adapter, JsonNode golden) {
  /** Parameters of generate() that {@link #config} can carry over. */
  private static final Set<String> SUPPORTED =
      Set.of(
          "max_new_tokens",
          "max_length",
          "min_new_tokens",
          "min_length",
          "repetition_penalty",
          "no_repeat_ngram_size",
          "bad_words_ids",
          "stop_strings",
          "eos_token_id",
          "pad_token_id",
          "num_beams",
          "num_return_sequences",
          "length_penalty",
          "early_stopping",
          "do_sample");

  /** All cases of the folder named by the property {@code fixtures}, or of the test resources. */
  static List<GoldenCase> all() {
    Path root = Path.of(System.getProperty("fixtures", "src/test/resources/fixtures"));
    try (Stream<Path> folders = Files.walk(root, 2)) {
      return folders
          .filter(folder -> Files.isRegularFile(folder.resolve("golden.json")))
          .filter(folder -> isModel(folder) || isAdapter(folder))
          .sorted()
          .map(GoldenCase::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isModel(Path folder) {
    return Files.isRegularFile(folder.resolve("config.json"));
  }

  private static boolean isAdapter(Path folder) {
    return Files.isRegularFile(folder.resolve("adapter_config.json"));
  }

  /** An adapter's golden.json names the case of its base model. */
  private static GoldenCase read(Path folder) {
    try {
      JsonNode golden = new ObjectMapper().readTree(folder.resolve("golden.json").toFile());
      Path fixtures = folder.getParent().getParent();
      return isModel(folder)
          ? new GoldenCase(folder, Optional.empty(), golden)
          : new GoldenCase(
              fixtures.resolve(golden.path("base").asText()), Optional.of(folder), golden);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    Path named = adapter.map(a -> a.subpath(a.getNameCount() - 2, a.getNameCount())).orElse(folder);
    return adapter.isPresent() ? named.toString() : named.getFileName().toString();
  }

  int[] prompt(int index) {
    return ints(golden.path("prompts").path(index).path("input_ids"));
  }

  int numPrompts() {
    return golden.path("prompts").size();
  }

  /** The configuration of a run; empty where it uses a parameter that is not supported. */
  Optional<GenerationConfig> config(JsonNode params) {
    Map<String, JsonNode> merged = new TreeMap<>();
    golden
        .path("generation_config")
        .properties()
        .forEach(e -> merged.put(e.getKey(), e.getValue()));
    // Of no effect: all runs are greedy.
    merged.keySet().removeAll(Set.of("bos_token_id", "temperature", "top_k", "top_p"));
    params.properties().forEach(e -> merged.put(e.getKey(), e.getValue()));
    if (!SUPPORTED.containsAll(merged.keySet())) {
      return Optional.empty();
    }
    JsonNode none = new ObjectMapper().nullNode();
    JsonNode eos = merged.getOrDefault("eos_token_id", none);
    List<Integer> eosIds = new ArrayList<>();
    if (eos.isArray()) {
      eos.forEach(id -> eosIds.add(id.asInt()));
    } else if (eos.isInt()) {
      eosIds.add(eos.asInt());
    }
    return Optional.of(
        new GenerationConfig(
            Sampling.GREEDY,
            new Penalties(merged.getOrDefault("repetition_penalty", none).asDouble(1), 0, 0, 0),
            new Constraints(
                merged.getOrDefault("no_repeat_ngram_size", none).asInt(0),
                words(merged.getOrDefault("bad_words_ids", none)),
                List.of(),
                List.of(),
                OptionalInt.empty(),
                List.of()),
            optional(merged.get("max_new_tokens")),
            optional(merged.get("max_length")),
            merged.getOrDefault("min_new_tokens", none).asInt(0),
            merged.getOrDefault("min_length", none).asInt(0),
            merged.getOrDefault("num_return_sequences", none).asInt(1),
            0,
            eosIds,
            strings(merged.getOrDefault("stop_strings", none)),
            new Beams(
                merged.getOrDefault("num_beams", none).asInt(1),
                merged.getOrDefault("length_penalty", none).asDouble(1),
                early(merged.getOrDefault("early_stopping", none))),
            OptionalInt.empty()));
  }

  private static EarlyStopping early(JsonNode value) {
    return value.isTextual()
        ? EarlyStopping.NEVER
        : value.asBoolean() ? EarlyStopping.TRUE : EarlyStopping.FALSE;
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(text -> strings.add(text.asText()));
    return strings;
  }

  static List<List<Integer>> words(JsonNode lists) {
    List<List<Integer>> words = new ArrayList<>();
    lists.forEach(word -> words.add(Arrays.stream(ints(word)).boxed().toList()));
    return words;
  }

  private static OptionalInt optional(JsonNode node) {
    return node == null ? OptionalInt.empty() : OptionalInt.of(node.asInt());
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.path(i).asInt();
    }
    return values;
  }

  static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.path(i).asDouble();
    }
    return values;
  }

  @Override
  public String toString() {
    return name();
  }
}
