package org.yukiguni.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which files make a model or an adapter. All others of a repository are never fetched. */
enum ModelFiles {
  /** A checkpoint with its tokenizer. */
  MODEL,
  /** A LoRA adapter as peft saves it. */
  ADAPTER;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SHARD = Pattern.compile("[\\w-][\\w.-]*");

  /** Gives the contents of a small file. */
  interface Reader {
    byte[] read(String name) throws IOException;
  }

  /** What the files of a repository are: a model, unless they look like an adapter only. */
  static ModelFiles of(Set<String> names) {
    return names.contains(ADAPTER.config()) && !names.contains(MODEL.config()) ? ADAPTER : MODEL;
  }

  private String config() {
    return switch (this) {
      case MODEL -> "config.json";
      case ADAPTER -> "adapter_config.json";
    };
  }

  private List<String> weights() {
    return switch (this) {
      case MODEL -> List.of("model.safetensors", "pytorch_model.bin");
      case ADAPTER -> List.of("adapter_model.safetensors", "adapter_model.bin");
    };
  }

  private List<String> tokenizers() {
    return switch (this) {
      case MODEL -> List.of("tokenizer.json", "spiece.model", "tokenizer.model");
      case ADAPTER -> List.of();
    };
  }

  /**
   * Files that there may be and that change what a model says, so that one must know if there are
   * none. The last two are not read here, but by transformers, which shares the cache.
   */
  List<String> optional() {
    return switch (this) {
      case MODEL ->
          List.of(
              "generation_config.json",
              "tokenizer_config.json",
              "special_tokens_map.json",
              "added_tokens.json",
              "chat_template.jinja",
              "vocab.json",
              "merges.txt");
      case ADAPTER -> List.of();
    };
  }

  /** What is missing: each entry a name, or names of which one would do. */
  List<String> missing(Set<String> names) {
    List<String> missing = new ArrayList<>();
    List<String> weightFiles = new ArrayList<>();
    for (String single : weights()) {
      weightFiles.add(single);
      if (this == MODEL) {
        weightFiles.add(index(single));
      }
    }
    for (List<String> choices : List.of(List.of(config()), weightFiles, tokenizers())) {
      if (!choices.isEmpty() && choices.stream().noneMatch(names::contains)) {
        missing.add(String.join(" or ", choices));
      }
    }
    return missing;
  }

  /**
   * The files to have, of those that are there. Weights are safetensors or else {@code .bin}, never
   * both, in the order in which a checkpoint is read.
   *
   * @param names that are there
   * @param reader gives the index of sharded weights
   * @return the small files first; shards of an index need not be there
   */
  List<String> choose(Set<String> names, Reader reader) throws IOException {
    Set<String> chosen = new LinkedHashSet<>();
    chosen.add(config());
    chosen.addAll(tokenizers());
    chosen.addAll(optional());
    chosen.retainAll(names);
    for (String single : weights()) {
      if (names.contains(single)) {
        chosen.add(single);
        break;
      }
      if (names.contains(index(single))) {
        chosen.add(index(single));
        chosen.addAll(shards(reader.read(index(single)), index(single)));
        break;
      }
    }
    return List.copyOf(chosen);
  }

  private static String index(String single) {
    return single + ".index.json";
  }

  private static Set<String> shards(byte[] index, String name) throws IOException {
    Set<String> shards = new LinkedHashSet<>();
    for (JsonNode shard : JSON.readTree(index).path("weight_map")) {
      // It becomes a path: nothing that leaves the folder.
      if (!SHARD.matcher(shard.asText()).matches()) {
        throw HubException.refused(
            "Cannot use " + name + " because it names a file " + shard + " outside its folder");
      }
      shards.add(shard.asText());
    }
    return shards;
  }
}
