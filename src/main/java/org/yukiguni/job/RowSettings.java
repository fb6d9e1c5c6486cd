package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import org.yukiguni.engine.GenerationConfig;

/**
 * What to generate for each row: the job's settings, with those that a row brings of its own laid
 * over them. Travels to executors, and is used there by one thread at a time.
 */
public final class RowSettings implements Serializable {
  private static final long serialVersionUID = 1L;

  private final GenerationSettings job;
  private transient String lastJson;
  private transient GenerationConfig last;

  private RowSettings(GenerationSettings job) {
    this.job = job;
  }

  /** Rows under these settings. */
  public static RowSettings of(ResolvedGeneration resolved) {
    return new RowSettings(resolved.settings());
  }

  /** The job's settings, resolved. */
  GenerationSettings settings() {
    return job;
  }

  /** What a row gets that brings nothing of its own. */
  public GenerationConfig config() {
    return GenerationResolver.config(job);
  }

  /**
   * What a row gets.
   *
   * @param json an object of generation keys, checked as a job's; null if the row brings none.
   *     Values may be texts, as maps of texts have them
   * @throws InvalidJobException with all that is wrong with them
   */
  public GenerationConfig config(String json) {
    if (last == null || !Objects.equals(json, lastJson)) {
      last = json == null ? config() : merged(json);
      lastJson = json;
    }
    return last;
  }

  private GenerationConfig merged(String json) {
    Problems problems = new Problems();
    GenerationSettings row = parse(json, problems);
    problems.raise();
    LayeredSettings layers = new LayeredSettings();
    layers.add(Origin.ROW, row);
    layers.add(Origin.JOB, job);
    layers.addDefaults();
    GenerationSettings settings = layers.settings();
    GenerationResolver.refuseContradictions(settings);
    return GenerationResolver.config(settings);
  }

  private static GenerationSettings parse(String json, Problems problems) {
    try {
      JsonNode tree = Yaml.parse(json);
      if (tree instanceof ObjectNode object) {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
          if (entry.getValue().isTextual() && !entry.getKey().startsWith("stop")) {
            entry.setValue(Yaml.parse(entry.getValue().asText()));
          }
        }
      }
      return new Binder(problems).bind("generation", tree, GenerationSettings.class);
    } catch (Yaml.SyntaxException e) {
      problems.add("generation", "not an object of keys (" + e.getMessage() + ")");
      return null;
    }
  }
}
