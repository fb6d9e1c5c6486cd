package org.yukiguni.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A token that is found in the raw text before anything else, as in transformers' {@code
 * AddedToken}.
 *
 * @param id its id, or -1 when the vocabulary decides
 * @param content its text
 * @param leftStrip whether it takes the blanks before it
 * @param rightStrip whether it takes the blanks after it
 * @param special whether decoding may leave it out
 */
record AddedToken(int id, String content, boolean leftStrip, boolean rightStrip, boolean special) {

  /** A special token given by its text alone. */
  static AddedToken special(String content) {
    return new AddedToken(-1, content, false, false, true);
  }

  AddedToken withId(int newId) {
    return new AddedToken(newId, content, leftStrip, rightStrip, special);
  }

  /**
   * Reads the object form, of tokenizer_config.json and of tokenizer.json.
   *
   * @return null if it is not an object with a content
   */
  static AddedToken ofObject(int id, JsonNode node) {
    return node.path("content").isTextual()
        ? new AddedToken(
            id,
            node.path("content").asText(),
            node.path("lstrip").asBoolean(),
            node.path("rstrip").asBoolean(),
            node.path("special").asBoolean())
        : null;
  }
}
