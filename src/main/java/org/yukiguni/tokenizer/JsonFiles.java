package org.yukiguni.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The small JSON files of a model folder.
 *
 * @param folder where they lie
 */
record JsonFiles(Path folder) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Reads a file; an empty object if it is not there. */
  JsonNode read(String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      JsonNode node = MAPPER.readTree(Files.readAllBytes(file));
      if (!node.isObject()) {
        throw new TokenizerException(
            "Cannot read " + file + " because it is no JSON object; copy the file again.");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new TokenizerException(
          "Cannot read "
              + file
              + " because it is no JSON: "
              + e.getOriginalMessage()
              + "; copy the file again.",
          e);
    } catch (IOException e) {
      throw new TokenizerException(
          "Cannot read " + file + " because " + e + "; check the file.", e);
    }
  }

  /** A text of tokenizer_config.json; empty if it is null or not there. */
  Optional<String> text(JsonNode config, String key) {
    JsonNode node = config.path(key);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      throw wrong(key, node.toString(), "it is no text");
    }
    return Optional.of(node.asText());
  }

  /** A true or false of tokenizer_config.json; empty if it is null or not there. */
  Optional<Boolean> flag(JsonNode config, String key) {
    JsonNode node = config.path(key);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isBoolean()) {
      throw wrong(key, node.toString(), "it is neither true nor false");
    }
    return Optional.of(node.asBoolean());
  }

  /** The error for a setting of tokenizer_config.json that cannot be used. */
  TokenizerException wrong(String key, String value, String reason) {
    return new TokenizerException(
        "Cannot use "
            + key
            + " "
            + value
            + " of "
            + folder.resolve("tokenizer_config.json")
            + " because "
            + reason
            + "; correct the file or provide a tokenizer.json.");
  }
}
