package org.yukiguni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.api.Requests;
import org.yukiguni.job.Job;
import org.yukiguni.job.JobReader;
import org.yukiguni.run.ExitCode;
import org.yukiguni.run.GenerateRun;
import org.yukiguni.run.Verification;
import org.yukiguni.spark.LocalSpark;

/**
 * The same job gives the same tokens, and the same bits of their log-probabilities, however it is
 * cut: with the real model and sampler, prompts of one to many prefill chunks, and an error row.
 */
class ReproducibilityTest {
  private static final int ROWS = 24;

  @TempDir Path folder;

  @Test
  void chunksSlotsStepSizesAndMemoryChangeNothing() throws IOException {
    List<Row> expected = run("plain", "generation.num_return_sequences=3");
    assertThat(expected).hasSize(3 * ROWS);
    assertThat(expected.stream().filter(row -> row.isNullAt(2))).hasSize(3);
    List<List<String>> cuts =
        List.of(
            List.of("engine.max_sequences=1", "run.chunk_rows=9"),
            List.of("engine.max_sequences=3", "engine.max_step_tokens=1", "run.chunk_rows=2"),
            List.of("engine.max_sequences=64", "engine.max_step_tokens=4096"),
            List.of("engine.max_sequences=17", "engine.kv_memory=24m", "run.chunk_rows=13"));
    for (List<String> cut : cuts) {
      List<String> overrides = new ArrayList<>(cut);
      overrides.add("generation.num_return_sequences=3");
      List<Row> rows = run("cut" + cuts.indexOf(cut), overrides.toArray(new String[0]));
      assertThat(rows).hasSameSizeAs(expected);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i)).as("%s", cut).isEqualTo(expected.get(i));
      }
    }
    assertThat(run("two", "generation.num_return_sequences=2"))
        .isEqualTo(expected.stream().filter(row -> row.getInt(1) < 2).toList());
    assertThat(run("seed", "generation.num_return_sequences=3", "generation.seed=8"))
        .isNotEqualTo(expected);
  }

  @Test
  void verifyTellsEqualTokensFromOthers() throws IOException {
    assertThat(run("verified", "generation.num_return_sequences=2")).hasSize(2 * ROWS);
    String output = folder.resolve("verified").toString();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    Verification verification = Verification.ofNewest(LocalSpark.session(), output);
    Job job = JobReader.parse(verification.job(), List.of());
    assertThat(verification.run(Requests.of(job), 9, 1, out)).isEqualTo(ExitCode.OK);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("18 completions generated again, 18 equal, 0 different")
        .contains("\"equal\":18");
    Job other = JobReader.parse(verification.job(), List.of("generation.seed=6"));
    assertThat(verification.run(Requests.of(other), 9, 1, out)).isEqualTo(ExitCode.TOO_MANY_ERRORS);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("\ndifferent: p");

    // Of the files alone the footers say enough.
    try (Stream<Path> notes = Files.walk(folder.resolve("verified/_yukiguni"))) {
      for (Path note : notes.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(note);
      }
    }
    Verification alone = Verification.ofNewest(LocalSpark.session(), output);
    assertThat(alone.job()).isEqualTo(verification.job());
    printed.reset();
    assertThat(alone.run(Requests.of(job), 9, 1, out)).isEqualTo(ExitCode.OK);
    assertThat(alone.run(Requests.of(other), 9, 1, out)).isEqualTo(ExitCode.TOO_MANY_ERRORS);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("18 completions generated again, 18 equal, 0 different")
        .contains("\"libtorch\":\"2.")
        .contains("\ndifferent: p");
  }

  /** Runs the job and returns id, sequence_index, token_ids and cumulative_logprob. */
  private List<Row> run(String name, String... overrides) throws IOException {
    StringBuilder prompts = new StringBuilder("{\"id\": \"null\", \"prompt\": null}\n");
    for (int i = 1; i < ROWS; i++) {
      String start = "雪は夜明け前から".repeat(i % 6 == 0 ? 10 * i / 6 : 1);
      prompts.append(
          "{\"id\": \"p%02d\", \"prompt\": \"%s%s\"}\n"
              .formatted(i, start, "降り続き、町は".substring(i % 7)));
    }
    Path input = Files.writeString(folder.resolve("prompts.jsonl"), prompts);
    Path output = folder.resolve(name);
    String yaml =
        """
        name: reproducibility
        input: { format: jsonl, path: %s, id: id }
        prompt: { column: prompt }
        model: { path: data/models/yukiguni-mini }
        generation: { max_new_tokens: 40, do_sample: true, temperature: 1.2, repetition_penalty: 1.1, seed: 5 }
        output: { path: %s, token_ids: true }
        run: { max_error_ratio: 0.5 }
        """
            .formatted(input, output);
    ExitCode code =
        new GenerateRun(
                LocalSpark.session(),
                Requests.of(JobReader.parse(yaml, List.of(overrides))),
                new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                Optional::empty)
            .run();
    assertThat(code).isEqualTo(ExitCode.OK);
    return LocalSpark.session()
        .read()
        .parquet(output.toString())
        .select("id", "sequence_index", "token_ids", "cumulative_logprob")
        .orderBy("id", "sequence_index")
        .collectAsList();
  }
}
