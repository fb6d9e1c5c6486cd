package org.yukiguni.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * A template that comes with the program: a file of that name in the resource folder {@code
 * prompts}, in which its comments say what it is for.
 *
 * @param name under which a job asks for it
 * @param source where its wording comes from
 * @param reads what rows it is for, in a few words
 * @param addSpecialTokens what {@code prompt.add_special_tokens: auto} means with it
 * @param takesInput whether {@code prompt.input} has a place in it
 * @param template in Jinja, over {@code messages} and {@code input}
 */
public record NamedTemplate(
    String name,
    String source,
    String reads,
    AddSpecialTokens addSpecialTokens,
    boolean takesInput,
    String template) {
  /** In the order of the README's table. */
  public static final List<String> NAMES =
      List.of("rinna-dialogue", "rinna-bilingual", "alpaca-ja", "alpaca-en", "plain");

  /** Reads a template by its name; empty if there is none of that name. */
  public static Optional<NamedTemplate> find(String name) {
    return NAMES.contains(name) ? Optional.of(read(name)) : Optional.empty();
  }

  private static NamedTemplate read(String name) {
    try (InputStream in = NamedTemplate.class.getResourceAsStream("/prompts/" + name + ".yaml")) {
      JsonNode file = Yaml.parse(new String(in.readAllBytes(), UTF_8));
      return new NamedTemplate(
          name,
          file.get("source").textValue(),
          file.get("reads").textValue(),
          file.get("add_special_tokens").asText().equals("auto")
              ? AddSpecialTokens.AUTO
              : AddSpecialTokens.FALSE,
          file.get("takes_input").booleanValue(),
          file.get("template").textValue());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the template " + name, e);
    } catch (Yaml.SyntaxException e) {
      throw new IllegalStateException("The template " + name + " is not YAML", e);
    }
  }
}
