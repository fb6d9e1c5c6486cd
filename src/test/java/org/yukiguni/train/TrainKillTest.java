package org.yukiguni.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.hub.FetchLog;
import org.yukiguni.hub.ModelResolver;
import org.yukiguni.job.JobReader;
import org.yukiguni.job.TrainJob;
import org.yukiguni.spark.LocalSpark;

/** A training that is killed at any moment ends with the same bytes when it is run again. */
class TrainKillTest {
  private static final int SEEDS = 4;
  private static final int STEPS = 7;

  @TempDir private Path folder;

  @BeforeEach
  void prepare() throws IOException {
    LocalSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.dying.impl", DyingFileSystem.class.getName());
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      rows.add("{\"id\": \"r%d\", \"q\": \"%d足す2は。\", \"a\": \"答えは%dです。\"}".formatted(i, i, i + 2));
    }
    Files.write(folder.resolve("rows.jsonl"), rows);
  }

  @Test
  void theBytesAreThoseOfARunThatNothingDisturbed() throws IOException {
    DyingFileSystem.dieAfter(Integer.MAX_VALUE);
    assertThat(survives("whole")).isTrue();
    int changes = DyingFileSystem.changes();
    assertThat(changes).as("changes of the folder").isGreaterThan(3 * STEPS);
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      String name = "seed" + seed;
      List<Integer> kills = new ArrayList<>();
      int kill = random.nextInt(changes);
      DyingFileSystem.dieAfter(kill);
      while (kills.size() < 3 && !survives(name)) {
        kills.add(kill);
        kill = random.nextInt(changes);
        DyingFileSystem.dieAfter(kills.size() < 3 ? kill : Integer.MAX_VALUE);
      }
      DyingFileSystem.dieAfter(Integer.MAX_VALUE);
      assertThat(survives(name)).isTrue();
      String killed = "seed %d, killed after %s of %d changes".formatted(seed, kills, changes);
      assertThat(kills).as(killed).isNotEmpty();
      assertThat(bytes(name)).as(killed).isEqualTo(bytes("whole"));
      assertThat(log(name)).as(killed).isEqualTo(log("whole"));
    }
  }

  private boolean survives(String name) {
    TrainJob job =
        JobReader.parseTraining(
            """
            name: kill
            input: { format: jsonl, path: %s, id: id }
            prompt: { template: "ユーザー: {q}<NL>システム: " }
            model: { path: data/models/yukiguni-mini }
            lora: { r: 2, lora_dropout: 0.2, target_modules: query_key_value }
            train: { answer: a, max_length: 64, max_steps: %d, learning_rate: 0.01,
              val_set_size: 1, per_device_train_batch_size: 2, eval_steps: 3, save_steps: 2 }
            output: { path: "%s://%s" }
            """
                .formatted(
                    folder.resolve("rows.jsonl"),
                    STEPS,
                    DyingFileSystem.SCHEME,
                    folder.resolve(name)),
            List.of());
    ModelResolver models = new ModelResolver(new Configuration(), new FetchLog());
    TrainRequest request =
        new TrainRequest(job, models.resolve(job.model()), models.resolveAdapter(job.model()));
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    try {
      new TrainRun(LocalSpark.session(), request, nowhere, Optional::empty).run();
      return true;
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare.
      assertThat(e).hasStackTraceContaining("killed");
      return false;
    }
  }

  private List<ByteBuffer> bytes(String name) throws IOException {
    List<ByteBuffer> all = new ArrayList<>();
    for (String file :
        List.of(
            "adapter/adapter_model.safetensors",
            "adapter/adapter_config.json",
            "checkpoint-6/optimizer.bin",
            "checkpoint-7/optimizer.bin")) {
      all.add(ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name).resolve(file))));
    }
    return all;
  }

  /** Without what the clock says. */
  private List<String> log(String name) {
    return LocalSpark.session()
        .read()
        .parquet(folder.resolve(name).resolve("log").toString())
        .drop("seconds", "tokens_per_second")
        .orderBy("step")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }
}
