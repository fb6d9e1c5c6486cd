package org.yukiguni.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What a model's folder says about generation. */
final class ModelSettings {
  static final String GENERATION_CONFIG = "generation_config.json";
  static final String CONFIG = "config.json";

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private ModelSettings() {}

  /**
   * Reads generation_config.json. Keys that nobody here knows are left alone: such files carry
   * versions, notes and the settings of other tools. What the job sets itself is not even checked.
   *
   * @param set keys that the job sets
   * @throws InvalidJobException if a value is wrong, or asks for what is not supported
   */
  static GenerationSettings read(Path folder, Set<String> set) {
    Problems problems = new Problems();
    ObjectNode file = object(folder.resolve(GENERATION_CONFIG));
    UnsupportedKeys.of(GenerationSettings.class).refuseInModel(GENERATION_CONFIG, file, problems);
    file.retain(Keys.of(GenerationSettings.class).components().keySet());
    file.remove(set);
    GenerationSettings settings =
        new Binder(problems).bind(GENERATION_CONFIG, file, GenerationSettings.class);
    problems.raise();
    return settings;
  }

  /** End-of-sequence ids of config.json; empty if it names none. */
  static List<Integer> configEos(Path folder) {
    Problems problems = new Problems();
    ObjectNode file = object(folder.resolve(CONFIG)).retain("eos_token_id");
    GenerationSettings settings = new Binder(problems).bind(CONFIG, file, GenerationSettings.class);
    problems.raise();
    return settings.eosTokenId() == null ? List.of() : settings.eosTokenId();
  }

  /** The object in a file; an empty one if there is no such file. */
  private static ObjectNode object(Path file) {
    String reason;
    try {
      JsonNode tree = MAPPER.readTree(Files.readString(file));
      if (tree instanceof ObjectNode object) {
        return object;
      }
      reason = "it is not a JSON object";
    } catch (NoSuchFileException e) {
      return JsonNodeFactory.instance.objectNode();
    } catch (JsonProcessingException e) {
      // A document that is nested too deep has no place.
      reason =
          e.getLocation() == null
              ? "of " + e.getOriginalMessage()
              : "line " + e.getLocation().getLineNr() + " is not JSON";
    } catch (IOException e) {
      reason = "of " + e;
    }
    throw new InvalidJobException(
        "model.path: cannot read " + file + " because " + reason + "; repair the model's folder");
  }
}
