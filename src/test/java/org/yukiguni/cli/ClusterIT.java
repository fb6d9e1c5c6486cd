package org.yukiguni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.spark.LocalSpark;

/** The packaged jar on a real cluster: two workers, executors in JVMs of their own. */
@Timeout(600)
final class ClusterIT {
  private static final int SUBMIT_SECONDS = 240;
  private static final int ROWS = 40;

  private static final List<String> HALF_A_GPU_FOR_EACH_TASK =
      List.of(
          "spark.executor.cores=2",
          "spark.executor.resource.gpu.amount=1",
          "spark.task.resource.gpu.amount=0.5");

  @TempDir Path folder;
  private LocalCluster cluster;

  @BeforeEach
  void prepare() throws IOException {
    cluster = LocalCluster.in(folder.resolve("spark"));
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void aClusterGivesTheTokensOfOneMachine() throws Exception {
    Path local = folder.resolve("local-out");
    Path again = folder.resolve("again-out");
    // Two jobs in one application.
    submit("local", "local[2]", List.of(), job(local, "auto"), job(again, "3"));
    cluster.start(2);
    Path remote = folder.resolve("cluster-out");
    submit("cluster", cluster.master(), List.of(), job(remote, "auto"));
    cluster.startWorker("wide", 2);
    Path fractions = folder.resolve("fractions-out");
    submit("fractions", cluster.master(), HALF_A_GPU_FOR_EACH_TASK, job(fractions, "auto"));

    List<Row> completions = completions(local);
    assertThat(completions).hasSize(2 * ROWS);
    assertThat(completions(again)).isEqualTo(completions);
    assertThat(completions(remote)).isEqualTo(completions);
    assertThat(executors(local)).containsExactly("driver");
    assertThat(executors(remote)).containsExactly("0", "1");
    assertThat(completions(fractions)).isEqualTo(completions);
    assertThat(executors(fractions)).containsExactly("0");
    // Both tasks of the executor feed one engine.
    assertThat(cluster.output("fractions")).containsPattern("\"engines\":\\[\\{[^{}]*\\}\\]");
  }

  /** Runs jobs under spark-submit. */
  private void submit(String name, String master, List<String> settings, Path... jobs)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of("--master", master, "--class", System.getProperty("yukiguni.main")));
    settings.forEach(setting -> arguments.addAll(List.of("--conf", setting)));
    arguments.addAll(List.of(System.getProperty("yukiguni.jar"), "generate"));
    for (Path job : jobs) {
      arguments.add(job.toString());
    }
    int exitCode = cluster.submit(name, SUBMIT_SECONDS, arguments.toArray(new String[0]));
    assertThat(exitCode).as(cluster.output(name)).isZero();
    assertThat(cluster.output(name)).contains("\"rows_out\":" + 2 * ROWS);
  }

  private Path job(Path output, String maxSequences) throws IOException {
    StringBuilder prompts = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      prompts.append("{\"id\": \"p%02d\", \"prompt\": \"国境の長いトンネルを抜けると、%d\"}\n".formatted(i, i));
    }
    Path input = Files.writeString(folder.resolve("prompts.jsonl"), prompts);
    return Files.writeString(
        folder.resolve(output.getFileName() + ".yaml"),
        """
        name: cluster
        input: { format: jsonl, path: %s, id: id }
        prompt: { column: prompt }
        model: { path: %s }
        generation: { max_new_tokens: 12, do_sample: true, num_return_sequences: 2, seed: 5 }
        engine: { max_sequences: %s }
        output: { path: %s }
        run: { chunk_rows: 10 }
        """
            .formatted(
                input,
                Path.of("data/models/yukiguni-mini").toAbsolutePath(),
                maxSequences,
                output));
  }

  private static List<Row> completions(Path output) {
    return LocalSpark.session()
        .read()
        .parquet(output.toString())
        .select("id", "sequence_index", "completion")
        .orderBy("id", "sequence_index")
        .collectAsList();
  }

  private static List<String> executors(Path output) {
    return LocalSpark.session()
        .read()
        .parquet(output.toString())
        .select("executor_id")
        .distinct()
        .orderBy("executor_id")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
