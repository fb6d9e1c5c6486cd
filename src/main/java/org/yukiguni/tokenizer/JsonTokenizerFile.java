package org.yukiguni.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must be known of a tokenizer.json besides encoding and decoding themselves. The file is
 * streamed, since the vocabularies of large models have a million entries.
 */
final class JsonTokenizerFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Under the limit of Rust's serde_json, 128, from the document on. */
  private static final int MAX_DEPTH = 100;

  private final Set<String> wanted;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, AddedToken> added = new TreeMap<>();
  private final Map<Integer, Byte> bytes = new HashMap<>();
  private boolean hasByteFallback;
  private int vocabularySize;

  private JsonTokenizerFile(Set<String> wanted) {
    this.wanted = wanted;
  }

  /**
   * Reads a file.
   *
   * @param wanted the tokens whose ids will be asked for
   */
  static JsonTokenizerFile read(Path file, Set<String> wanted) {
    JsonTokenizerFile result = new JsonTokenizerFile(wanted);
    try (JsonParser in = MAPPER.createParser(file.toFile())) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new TokenizerException(
            "Cannot read " + file + " because it is no JSON object; copy the file again.");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        result.field(in.currentName(), in);
      }
    } catch (IOException e) {
      throw new TokenizerException(
          "Cannot read "
              + file
              + " because "
              + e.getMessage().lines().findFirst().orElse("it ends too early")
              + "; copy the file again.",
          e);
    }
    if (result.vocabularySize == 0) {
      throw new TokenizerException(
          "Cannot read " + file + " because it has no vocabulary; copy the file again.");
    }
    return result;
  }

  int vocabularySize() {
    return vocabularySize;
  }

  /** The id of a wanted token, or null. */
  Integer idOf(String content) {
    return ids.get(content);
  }

  /** The ids of the special tokens, ascending. */
  int[] specialIds() {
    return added.values().stream()
        .filter(AddedToken::special)
        .mapToInt(AddedToken::id)
        .sorted()
        .toArray();
  }

  boolean isSpecial(int id) {
    AddedToken token = added.get(id);
    return token != null && token.special();
  }

  /** The bytes that tokens stand for, by id; empty if the decoder knows no byte tokens. */
  Map<Integer, Byte> byteTokens() {
    return hasByteFallback ? Map.copyOf(bytes) : Map.of();
  }

  private void field(String name, JsonParser in) throws IOException {
    in.nextToken();
    switch (name) {
      case "added_tokens" -> {
        JsonNode nodes = MAPPER.readTree(in);
        for (JsonNode node : nodes) {
          AddedToken token = AddedToken.ofObject(node.path("id").asInt(-1), node);
          if (token != null && token.id() >= 0) {
            added.put(token.id(), token);
            token(token.content(), token.id());
          }
        }
      }
      case "decoder" -> {
        JsonNode decoder = MAPPER.readTree(in);
        refuseWhatEndsTheProcess(decoder, 0);
        hasByteFallback = decoder.findValuesAsText("type").contains("ByteFallback");
      }
      case "model" -> model(in);
      default -> in.skipChildren();
    }
  }

  /**
   * The tokenizers library ends the process, instead of refusing the file, where it cannot read the
   * JSON of a decoder ({@code expect} in its decoders/mod.rs, version 0.21.4), and it reads less
   * than Jackson does.
   */
  private static void refuseWhatEndsTheProcess(JsonNode node, int depth) throws IOException {
    boolean isWrong =
        depth > MAX_DEPTH
            || (node.isNumber() && !Double.isFinite(node.doubleValue()))
            || (node.isTextual() && hasHalfACharacter(node.textValue()));
    if (isWrong) {
      throw new IOException("its decoder holds half a character, no number, or is nested too deep");
    }
    for (JsonNode child : node) {
      refuseWhatEndsTheProcess(child, depth + 1);
    }
  }

  private static boolean hasHalfACharacter(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private void model(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      in.skipChildren();
      return;
    }
    String prefix = "";
    boolean hasMerges = false;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      switch (name) {
        case "vocab" -> vocabulary(in);
        case "continuing_subword_prefix" -> {
          prefix = in.getValueAsString("");
          in.skipChildren();
        }
        default -> {
          hasMerges |= name.equals("merges");
          in.skipChildren();
        }
      }
    }
    if (hasMerges && !prefix.isEmpty()) {
      // The tokenizers library cuts the prefix off every merge, there or not, and ends the process.
      throw new IOException("merges with a continuing_subword_prefix are not supported");
    }
  }

  private void vocabulary(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.START_OBJECT) {
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String token = in.currentName();
        in.nextToken();
        token(token, in.getIntValue());
      }
    } else {
      for (int id = 0; in.nextToken() == JsonToken.START_ARRAY; id++) {
        token(in.nextTextValue(), id);
        while (in.nextToken() != JsonToken.END_ARRAY) {
          in.skipChildren();
        }
      }
    }
  }

  private void token(String content, int id) {
    vocabularySize = Math.max(vocabularySize, id + 1);
    int value = SentencePiece.byteValue(content);
    if (value >= 0) {
      bytes.put(id, (byte) value);
    }
    if (wanted.contains(content)) {
      ids.put(content, id);
    }
  }
}
