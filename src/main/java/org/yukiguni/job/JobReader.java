package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads job files. */
public final class JobReader {
  private JobReader() {}

  /**
   * Reads a job file.
   *
   * @param file YAML in UTF-8
   * @param overrides texts such as {@code generation.temperature=0.2}, applied in this order; the
   *     value is YAML
   * @throws InvalidJobException with every problem of the job
   */
  public static Job read(Path file, List<String> overrides) {
    try {
      return parse(Files.readString(file), overrides);
    } catch (NoSuchFileException e) {
      throw new InvalidJobException(
          "Cannot read job " + file + " because there is no such file; give the path of a job");
    } catch (IOException e) {
      throw new InvalidJobException(
          "Cannot read job " + file + " because of " + e + "; give a readable file in UTF-8");
    }
  }

  /**
   * Reads a job from its text.
   *
   * @param overrides as for {@link #read}
   * @throws InvalidJobException with every problem of the job
   */
  public static Job parse(String yaml, List<String> overrides) {
    Problems problems = new Problems();
    JsonNode tree = tree(yaml);
    if (tree.isNull()) {
      tree = JsonNodeFactory.instance.objectNode();
    }
    if (tree instanceof ObjectNode root) {
      overrides.forEach(override -> Overrides.apply(root, override, problems));
    }
    Job job = new Binder(problems).bind("", tree, Job.class);
    if (job != null && job.prompt().template() != null) {
      checkTemplate(job.prompt().template(), problems);
    }
    problems.raise();
    return job;
  }

  private static void checkTemplate(String template, Problems problems) {
    try {
      PromptTemplate unused = PromptTemplate.parse(template);
    } catch (IllegalArgumentException e) {
      problems.add("prompt.template", e.getMessage());
    }
  }

  private static JsonNode tree(String yaml) {
    try {
      return Yaml.parse(yaml);
    } catch (Yaml.SyntaxException e) {
      throw new InvalidJobException(
          "Cannot read the job because it is not YAML (" + e.getMessage() + "); correct the text");
    }
  }
}
