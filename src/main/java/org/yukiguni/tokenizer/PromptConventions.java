package org.yukiguni.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What a model's folder says about prompts.
 *
 * @param chatTemplate Jinja text of chat_template.jinja, else of tokenizer_config.json (of several
 *     there the one named {@code default}); empty if there is none
 * @param specialTokens texts that templates know by the names of their roles, such as {@code
 *     bos_token}
 * @param addsOnlyInFront whether the tokenizer puts nothing behind a text: an end-of-sequence token
 *     there, as T5 tokenizers put it, leaves a causal model nothing to say
 */
public record PromptConventions(
    Optional<String> chatTemplate, Map<String, String> specialTokens, boolean addsOnlyInFront) {
  private static final String FILE = "chat_template.jinja";

  /**
   * Reads a folder.
   *
   * @param tokenizer of the folder
   * @throws TokenizerException if the template cannot be read
   */
  public static PromptConventions of(Path folder, Tokenizer tokenizer) {
    return new PromptConventions(
        chatTemplate(folder), tokenizer.namedSpecialTokens(), addsOnlyInFront(tokenizer));
  }

  private static Optional<String> chatTemplate(Path folder) {
    Path file = folder.resolve(FILE);
    if (Files.isRegularFile(file)) {
      try {
        return Optional.of(Files.readString(file));
      } catch (IOException e) {
        throw new TokenizerException("Cannot read " + file + " because " + e + "; check it.", e);
      }
    }
    JsonFiles files = new JsonFiles(folder);
    JsonNode template = files.read("tokenizer_config.json").path("chat_template");
    if (!template.isArray()) {
      return Optional.ofNullable(template.textValue());
    }
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
        return Optional.of(named.path("template").textValue());
      }
    }
    throw files.wrong("chat_template", "a list", "none in it is named default");
  }

  private static boolean addsOnlyInFront(Tokenizer tokenizer) {
    int[] plain = tokenizer.encode("a");
    int[] whole = tokenizer.encodeWithSpecialTokens("a");
    int added = whole.length - plain.length;
    return added >= 0 && Arrays.equals(whole, added, whole.length, plain, 0, plain.length);
  }
}
