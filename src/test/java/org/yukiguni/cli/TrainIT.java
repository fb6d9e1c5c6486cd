package org.yukiguni.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings with the jar under spark-submit, on a cluster of two workers. */
class TrainIT {
  private static final int SECONDS = 300;
  private static final int STEPS = 12;

  @TempDir private Path folder;

  private LocalCluster cluster;

  @BeforeEach
  void prepare() throws Exception {
    cluster = LocalCluster.in(folder.resolve("spark"));
    cluster.start(2);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  /**
   * The second run goes on after a signal and, with one executor, after a kill; the first has two
   * executors all the time.
   */
  @Test
  void executorsAndAKillDoNotChangeTheBytes() throws Exception {
    assertThat(submit("two", "spark.cores.max=2")).isZero();
    assertThat(cluster.output("two")).contains("steps        " + STEPS);

    CompletableFuture<Integer> told =
        CompletableFuture.supplyAsync(() -> submit("killed", "spark.cores.max=2"));
    awaitCheckpoint(2, told);
    driver("killed").destroy();
    assertThat(told.get(SECONDS, TimeUnit.SECONDS)).as(cluster.output("killed")).isEqualTo(3);
    assertThat(cluster.output("killed")).contains("because of SIGTERM");

    CompletableFuture<Integer> broken =
        CompletableFuture.supplyAsync(() -> submit("killed", "spark.cores.max=2"));
    awaitCheckpoint(6, broken);
    driver("killed").destroyForcibly();
    assertThat(broken.get(SECONDS, TimeUnit.SECONDS)).isNotIn(0, 3);
    assertThat(folder.resolve("killed/adapter")).doesNotExist();
    assertThat(submit("killed", "spark.cores.max=1")).isZero();
    assertThat(cluster.output("killed")).doesNotContain("step 0 of");
    assertThat(adapter("killed")).isEqualTo(adapter("two"));
  }

  private int submit(String name, String conf) {
    try {
      return cluster.submit(
          name,
          SECONDS,
          "--conf",
          conf,
          "--master",
          cluster.master(),
          "--class",
          System.getProperty("yukiguni.main"),
          System.getProperty("yukiguni.jar"),
          "train",
          job(name).toString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void awaitCheckpoint(int step, CompletableFuture<Integer> run)
      throws InterruptedException {
    Path checkpoint = folder.resolve("killed/checkpoint-" + step);
    while (!Files.exists(checkpoint) && !run.isDone()) {
      Thread.sleep(20);
    }
  }

  private ProcessHandle driver(String name) {
    return ProcessHandle.current()
        .children()
        .filter(
            child ->
                child
                    .info()
                    .commandLine()
                    .orElse("")
                    .contains(folder.resolve(name + ".yaml").toString()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(cluster.output(name)));
  }

  private byte[] adapter(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("adapter/adapter_model.safetensors"));
  }

  private Path job(String name) throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      rows.add(
          "{\"id\": \"r%02d\", \"q\": \"%d足す2は何ですか。\", \"a\": \"答えは%dです。\"}"
              .formatted(i, i, i + 2));
    }
    Path input = Files.write(folder.resolve("rows.jsonl"), rows);
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        name: cluster
        input: { format: jsonl, path: %s, id: id }
        prompt: { template: "ユーザー: {q}<NL>システム: " }
        model: { path: %s }
        lora: { r: 4, lora_dropout: 0.1, target_modules: [query_key_value, dense_h_to_4h] }
        train: { answer: a, max_length: 64, max_steps: %d, learning_rate: 0.01,
          per_device_train_batch_size: 3, gradient_accumulation_steps: 3, save_steps: 2 }
        output: { path: %s }
        """
            .formatted(
                input,
                Path.of("data/models/yukiguni-mini").toAbsolutePath(),
                STEPS,
                folder.resolve(name)));
  }
}
