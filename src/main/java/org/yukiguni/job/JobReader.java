package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Reads job files. */
public final class JobReader {
  private static final ObjectMapper VALUES = new ObjectMapper();

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
    return parse(text(file), overrides);
  }

  /** Reads the file of a training, likewise. */
  public static TrainJob readTraining(Path file, List<String> overrides) {
    return parseTraining(text(file), overrides);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
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
    return parse(yaml, overrides, Job.class, (job, problems) -> {});
  }

  /**
   * Makes a job of keys such as {@code generation.temperature} and their values.
   *
   * @throws InvalidJobException with every problem of the job
   */
  public static Job of(Map<String, Object> keys) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    keys.forEach(
        (key, value) -> {
          int dot = key.lastIndexOf('.');
          ObjectNode group = dot < 0 ? root : root.withObjectProperty(key.substring(0, dot));
          group.set(key.substring(dot + 1), VALUES.valueToTree(value));
        });
    return bind(root, new Problems(), Job.class, (job, problems) -> {});
  }

  /** Reads a training from its text, likewise. */
  public static TrainJob parseTraining(String yaml, List<String> overrides) {
    return parse(yaml, overrides, TrainJob.class, JobReader::checkTraining);
  }

  private static <T extends Record & PromptInput> T parse(
      String yaml, List<String> overrides, Class<T> type, BiConsumer<T, Problems> check) {
    Problems problems = new Problems();
    JsonNode tree = tree(yaml);
    if (tree.isNull()) {
      tree = JsonNodeFactory.instance.objectNode();
    }
    if (tree instanceof ObjectNode root) {
      overrides.forEach(override -> Overrides.apply(root, override, problems));
    }
    return bind(tree, problems, type, check);
  }

  private static <T extends Record & PromptInput> T bind(
      JsonNode tree, Problems problems, Class<T> type, BiConsumer<T, Problems> check) {
    T job = new Binder(problems).bind("", tree, type);
    if (tree.isObject()) {
      checkTogether(tree, problems);
    }
    if (job != null) {
      check.accept(job, problems);
    }
    problems.raise();
    return job;
  }

  private static void checkTraining(TrainJob job, Problems problems) {
    if (job.input().generation() != null) {
      problems.add("input.generation", "has no effect in a training; remove it");
    }
    if (job.input().isBatch()) {
      problems.add("input.format", "openai-batch has no answers to train on; give rows that have");
    }
    if (!job.input().keep().isEmpty()) {
      problems.add("input.keep", "has no effect in a training; remove it");
    }
    if (job.train().answer() == null && job.prompt().messages() == null) {
      problems.add(
          "train.answer",
          "missing; give the column with the answers, or prompt.messages with conversations that have them");
    }
    if (job.model().quantization() != Quantization.NONE) {
      problems.add(
          "model.quantization",
          "a training takes the weights as they are stored; remove it, and quantise when generating");
    }
    if (job.output().mode() == OutputMode.NEW) {
      problems.add("output.mode", "new is not for trainings; give resume, overwrite or fail");
    }
  }

  /** What keys of a group say together, also where another group could not be bound. */
  private static void checkTogether(JsonNode tree, Problems problems) {
    Binder again = new Binder(new Problems());
    InputSpec input = again.bind("input", tree.path("input"), InputSpec.class);
    PromptSpec prompt = again.bind("prompt", tree.path("prompt"), PromptSpec.class);
    if (input != null) {
      input.check(problems);
    }
    if (prompt != null) {
      prompt.check(input != null && input.isBatch(), problems);
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
