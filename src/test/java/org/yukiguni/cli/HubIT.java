package org.yukiguni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.hub.HubServer;
import org.yukiguni.spark.LocalSpark;

/** A job that names a hub model, on a real cluster whose executors have a cache of their own. */
@Timeout(600)
final class HubIT {
  private static final String ID = "yukiguni/mini";
  private static final Path MODEL = Path.of("data/models/yukiguni-mini");
  private static final int SUBMIT_SECONDS = 240;

  @TempDir Path folder;
  private final HubServer server = new HubServer();
  private LocalCluster cluster;
  private Path output;

  @BeforeEach
  void prepare() throws IOException {
    cluster = LocalCluster.in(folder.resolve("spark"));
    output = folder.resolve("out");
  }

  @AfterEach
  void stop() throws IOException {
    cluster.close();
    server.close();
  }

  @Test
  void everyHostFetchesThePinnedCommitItself() throws Exception {
    String commit = server.commit(ID, MODEL);
    cluster.start(2);
    cluster.setEnvironment("HF_HOME", folder.resolve("driver").toString());
    cluster.setEnvironment("HF_ENDPOINT", server.endpoint().toString());
    assertThat(submit("cluster", cluster.master(), "generate", job())).isZero();

    var rows = LocalSpark.session().read().parquet(output.toString());
    assertThat(rows.select("model", "model_revision").distinct().collectAsList())
        .extracting(Object::toString)
        .containsExactly("[yukiguni/mini," + commit + "]");
    assertThat(rows.select("executor_id").distinct().count()).isEqualTo(2);
    // Once for the driver's cache, once for the one that both executors share.
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("storage"))
        .extracting(HubServer.Request::path)
        .hasSize(4)
        .satisfies(paths -> assertThat(paths.stream().distinct()).hasSize(2));
    assertThat(server.requests())
        .extracting(HubServer.Request::path)
        .filteredOn(path -> path.endsWith("/revision/main"))
        .hasSize(1);

    // The branch moves; the job goes on with what it began with, until someone asks for the new.
    String moved = server.commit(ID, changed());
    server.forgetRequests();
    assertThat(submit("again", "local[1]", "generate", job())).isZero();
    assertThat(server.requests()).isEmpty();
    assertThat(submit("download", "local[1]", "download", ID)).isZero();
    assertThat(cluster.output("download")).contains("/snapshots/" + moved);
    assertThat(submit("moved", "local[1]", "generate", job())).isEqualTo(1);
    assertThat(cluster.output("moved")).contains(commit).contains(moved);
  }

  private int submit(String name, String master, String... command)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--master",
                master,
                "--conf",
                "spark.executorEnv.HF_HOME=" + folder.resolve("executors"),
                "--class",
                System.getProperty("yukiguni.main"),
                System.getProperty("yukiguni.jar")));
    arguments.addAll(List.of(command));
    return cluster.submit(name, SUBMIT_SECONDS, arguments.toArray(new String[0]));
  }

  private String job() throws IOException {
    StringBuilder rows = new StringBuilder("title,scene\n");
    for (int i = 0; i < 40; i++) {
      rows.append("t%02d,%d度目の春の朝\n".formatted(i, i));
    }
    Files.writeString(folder.resolve("novel.csv"), rows);
    return Files.writeString(
            folder.resolve("novel.yaml"),
            """
            name: novel
            input:      { format: csv, path: %s, id: title }
            prompt:     { column: scene }
            model:      { path: yukiguni/mini }
            generation: { max_new_tokens: 12 }
            output:     { path: %s }
            run:        { chunk_rows: 20 }
            """
                .formatted(folder.resolve("novel.csv"), output))
        .toString();
  }

  private static Map<String, byte[]> changed() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (var list = Files.list(MODEL)) {
      for (Path file : list.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    files.put("chat_template.jinja", new byte[] {'x'});
    return files;
  }
}
