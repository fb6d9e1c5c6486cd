package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.Job;
import org.yukiguni.job.JobReader;
import org.yukiguni.spark.LocalSpark;
import org.yukiguni.tokenizer.PromptConventions;

/** What tests of prompts need: a folder to write inputs in, and jobs that read them. */
abstract class PromptFixture {
  private static final String JOB =
      """
      name: test
      input: { format: jsonl, path: PATH, id: id }
      prompt: { column: prompt }
      model: { path: m }
      output: { path: o }
      """;

  /** A model that speaks in tags and begins texts with a BOS. */
  static final PromptConventions MODEL =
      new PromptConventions(
          Optional.of(
              "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
                  + "{% if add_generation_prompt %}<assistant>{% endif %}"
                  + "{% if shout is defined %}!{% endif %}"),
          Map.of("bos_token", "<s>"),
          true);

  @TempDir Path folder;

  String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Job of a JSON lines file with columns id and prompt, and these overrides. */
  static Job job(String path, String... overrides) {
    return JobReader.parse(JOB.replace("PATH", path), List.of(overrides));
  }

  /** Rows sorted by id, each as its values with bars between; null is "null". */
  static List<String> read(Job job) {
    List<String> rows = new ArrayList<>();
    for (Row row :
        prompts(job)
            .drop("__generation", "__add_special_tokens", "__error_code", "__error_message")
            .orderBy("id")
            .collectAsList()) {
      rows.add(row.mkString("|"));
    }
    return rows;
  }

  static Dataset<Row> prompts(Job job) {
    return PromptReader.read(LocalSpark.session(), job, MODEL);
  }

  static List<String> problems(Job job) {
    InvalidJobException failure =
        catchThrowableOfType(InvalidJobException.class, () -> prompts(job));
    return failure == null ? List.of() : failure.problems();
  }
}
