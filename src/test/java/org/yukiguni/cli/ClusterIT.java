package org.yukiguni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    Path local = submit("local", "local[2]");
    cluster.start(2);
    Path remote = submit("cluster", cluster.master());

    List<Row> completions = completions(local);
    assertThat(completions).hasSize(2 * ROWS);
    assertThat(completions(remote)).isEqualTo(completions);
    assertThat(executors(local)).containsExactly("driver");
    assertThat(executors(remote)).containsExactly("0", "1");
  }

  /** Runs a job under spark-submit and returns its output folder. */
  private Path submit(String name, String master) throws IOException, InterruptedException {
    Path output = folder.resolve(name + "-out");
    int exitCode =
        cluster.submit(
            name,
            SUBMIT_SECONDS,
            "--master",
            master,
            "--class",
            System.getProperty("yukiguni.main"),
            System.getProperty("yukiguni.jar"),
            "generate",
            job(output).toString());
    assertThat(exitCode).as(cluster.output(name)).isZero();
    assertThat(cluster.output(name)).contains("\"rows_out\":" + 2 * ROWS);
    return output;
  }

  private Path job(Path output) throws IOException {
    StringBuilder prompts = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      prompts.append("{\"id\": \"p%02d\", \"prompt\": \"国境の長いトンネルを抜けると、%d\"}\n".formatted(i, i));
    }
    Path input = Files.writeString(folder.resolve("prompts.jsonl"), prompts);
    return Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: cluster
        input: { format: jsonl, path: %s, id: id }
        prompt: { column: prompt }
        model: { path: %s }
        generation: { max_new_tokens: 12, do_sample: true, num_return_sequences: 2, seed: 5 }
        output: { path: %s }
        run: { chunk_rows: 10 }
        """
            .formatted(input, Path.of("data/models/yukiguni-mini").toAbsolutePath(), output));
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
