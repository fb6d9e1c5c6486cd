package org.yukiguni.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What tokenizer_config.json and the files beside it say, under transformers' names.
 *
 * @param tokenizerClass {@code tokenizer_class}
 * @param legacy {@code legacy}
 * @param addBosToken {@code add_bos_token}
 * @param addEosToken {@code add_eos_token}
 * @param lowerCases {@code do_lower_case}
 * @param named the special tokens that have a role, by its name such as {@code bos_token}; in
 *     transformers' order
 * @param additional {@code additional_special_tokens}
 * @param added {@code added_tokens_decoder} and added_tokens.json, all with an id
 */
record TokenizerConfig(
    Optional<String> tokenizerClass,
    Optional<Boolean> legacy,
    Optional<Boolean> addBosToken,
    Optional<Boolean> addEosToken,
    boolean lowerCases,
    Map<String, AddedToken> named,
    List<AddedToken> additional,
    List<AddedToken> added) {

  /** transformers' {@code SPECIAL_TOKENS_ATTRIBUTES}, whose order gives ids to new tokens. */
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  /** The special token of a role, such as {@code eos_token}. */
  Optional<AddedToken> named(String role) {
    return Optional.ofNullable(named.get(role));
  }

  /** The texts of {@link #named}. */
  Map<String, String> namedTexts() {
    return texts(named);
  }

  static Map<String, String> texts(Map<String, AddedToken> tokens) {
    Map<String, String> texts = new LinkedHashMap<>();
    tokens.forEach((role, token) -> texts.put(role, token.content()));
    return texts;
  }

  /** Reads the files of a folder; what is not there is empty. */
  static TokenizerConfig read(JsonFiles files) {
    JsonNode config = files.read("tokenizer_config.json");
    JsonNode map = files.read("special_tokens_map.json");
    List<AddedToken> added = added(config, files.read("added_tokens.json"));
    // With added_tokens_decoder transformers takes special_tokens_map.json for a leftover.
    List<JsonNode> sources =
        config.has("added_tokens_decoder") ? List.of(config) : List.of(map, config);
    Map<String, AddedToken> named = new LinkedHashMap<>();
    for (String role : ROLES) {
      sources.stream()
          .map(source -> source.path(role))
          .filter(node -> !node.isMissingNode())
          .findFirst()
          .filter(node -> !node.isNull())
          .ifPresent(node -> named.put(role, specialToken(files, role, node)));
    }
    List<AddedToken> additional = new ArrayList<>();
    sources.stream()
        .map(source -> source.path("additional_special_tokens"))
        .filter(JsonNode::isArray)
        .findFirst()
        .ifPresent(
            nodes ->
                nodes.forEach(
                    node ->
                        additional.add(specialToken(files, "additional_special_tokens", node))));
    return new TokenizerConfig(
        files.text(config, "tokenizer_class"),
        files.flag(config, "legacy"),
        files.flag(config, "add_bos_token"),
        files.flag(config, "add_eos_token"),
        files.flag(config, "do_lower_case").orElse(false),
        named,
        List.copyOf(additional),
        added);
  }

  private static AddedToken specialToken(JsonFiles files, String key, JsonNode node) {
    AddedToken token =
        node.isTextual() ? AddedToken.special(node.asText()) : AddedToken.ofObject(-1, node);
    if (token == null || token.content().isEmpty()) {
      throw files.wrong(key, node.toString(), "it is neither a text nor an object with a content");
    }
    return new AddedToken(-1, token.content(), token.leftStrip(), token.rightStrip(), true);
  }

  private static List<AddedToken> added(JsonNode config, JsonNode addedTokens) {
    Map<Integer, AddedToken> byId = new java.util.TreeMap<>();
    addedTokens
        .properties()
        .forEach(
            entry -> {
              int id = entry.getValue().asInt(-1);
              byId.put(id, new AddedToken(id, entry.getKey(), false, false, false));
            });
    config
        .path("added_tokens_decoder")
        .properties()
        .forEach(
            entry -> {
              int id = id(entry.getKey());
              AddedToken token = AddedToken.ofObject(id, entry.getValue());
              if (token != null) {
                byId.put(id, token);
              }
            });
    byId.keySet().removeIf(id -> id < 0);
    byId.values().removeIf(token -> token.content().isEmpty());
    return List.copyOf(byId.values());
  }

  private static int id(String key) {
    try {
      return Integer.parseInt(key);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
