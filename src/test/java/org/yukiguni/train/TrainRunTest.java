package org.yukiguni.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.hub.FetchLog;
import org.yukiguni.hub.ModelResolver;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.JobReader;
import org.yukiguni.job.TrainJob;
import org.yukiguni.run.ExitCode;
import org.yukiguni.spark.LocalSpark;

/** Whole trainings of the small model, on Spark in this process. */
class TrainRunTest {
  private static final Path MINI = Path.of("data/models/yukiguni-mini");

  @TempDir private Path folder;

  @Test
  void aTrainingLeavesAnAdapterAndItsFigures() throws IOException {
    String summary = train("out", "lora_dropout: 0.1", "");
    Path out = folder.resolve("out");
    assertThat(summary).contains("steps        6").contains("held back");
    Checkpoint.open(MINI, Optional.of(out.resolve("adapter")));
    List<Row> log =
        LocalSpark.session().read().parquet(out + "/log").orderBy("step").collectAsList();
    assertThat(log).hasSize(6);
    assertThat(log.get(0).<Double>getAs("learning_rate")).isEqualTo(0.01);
    assertThat(log.get(5).<Double>getAs("loss")).isLessThan(log.get(0).<Double>getAs("loss"));
    assertThat(log.get(5).<Double>getAs("eval_loss")).isPositive();
    assertThat(log.get(4).isNullAt(log.get(4).fieldIndex("eval_loss"))).isTrue();
    // Again: nothing to do, and the same bytes.
    byte[] adapter = adapter("out");
    train("out", "lora_dropout: 0.1", "");
    assertThat(adapter("out")).isEqualTo(adapter);
  }

  /** After one step, after five of the six, and where a checkpoint is there already. */
  @Test
  void oneThatIsToldToStopKeepsItsLastStepAndGoesOn() throws IOException {
    train("whole", "lora_dropout: 0.1", "");
    String yaml = job("stopped", "lora_dropout: 0.1", "");
    for (int steps : new int[] {1, 0, 1, 3}) {
      assertThat(run(yaml, steps)).isEmpty();
      assertThat(folder.resolve("stopped/adapter")).doesNotExist();
    }
    assertThat(folder.resolve("stopped/checkpoint-1")).exists();
    assertThat(folder.resolve("stopped/checkpoint-2")).exists();
    assertThat(folder.resolve("stopped/checkpoint-5")).exists();
    String summary = run(yaml);
    assertThat(summary).contains("steps        6");
    assertThat(adapter("stopped")).isEqualTo(adapter("whole"));
    assertThat(LocalSpark.session().read().parquet(folder + "/stopped/log").count()).isEqualTo(6);
  }

  @Test
  void dropoutIsDrawnFromTheSeed() throws IOException {
    for (String name : List.of("a", "b", "other", "none")) {
      String dropout = name.equals("none") ? "0.0" : "0.5";
      run(
          job(name, "lora_dropout: " + dropout, "")
              .replace("max_steps: 6", "max_steps: 1, gradient_checkpointing: " + name.equals("b"))
              .replace("seed: 3", name.equals("other") ? "seed: 4" : "seed: 3"));
    }
    assertThat(adapter("a")).isEqualTo(adapter("b"));
    assertThat(adapter("a")).isNotEqualTo(adapter("none")).isNotEqualTo(adapter("other"));
  }

  @Test
  void modulesAreTrainedWholeIfAskedFor() throws IOException {
    run(
        job("whole", "modules_to_save: [embed_out, embed_in, final_layer_norm]", "")
            .replace("max_steps: 6", "max_steps: 1"));
    Checkpoint checkpoint = Checkpoint.open(MINI, Optional.of(folder.resolve("whole/adapter")));
    assertThat(checkpoint.ends().get("head").file().toString()).contains("whole");
    assertThat(checkpoint.ends().get("embedding").file().toString()).contains("whole");
  }

  /** A conversation of one turn is a prompt and its answer in the same words. */
  @Test
  void conversationsAreLearntFrom() throws IOException {
    run(job("column", "", "").replace("max_steps: 6", "max_steps: 2"));
    run(
        job("messages", "", "")
            .replace("max_steps: 6", "max_steps: 2")
            .replaceFirst("prompt: .*", "prompt: { messages: m, template: rinna-dialogue }")
            .replace("answer: a, ", ""));
    assertThat(adapter("messages")).isEqualTo(adapter("column"));
  }

  @Test
  void theAnswersBeforeAndAfterAreShown() throws IOException {
    String summary = run(job("out", "", "").replace("seed: 3", "seed: 3, samples: 3"));
    assertThat(summary.lines().filter(line -> line.startsWith("  before "))).hasSize(3);
    List<String> before = section(summary, "  before ");
    List<String> after = section(summary, "  after ");
    assertThat(before).isNotEqualTo(after);
    assertThat(after).allSatisfy(answer -> assertThat(answer).contains("答えは"));
    assertThat(section(summary, "  in the data ")).allMatch(a -> a.matches("答えは\\d+です。"));
  }

  private static List<String> section(String summary, String begin) {
    return summary
        .lines()
        .filter(line -> line.startsWith(begin))
        .map(line -> line.substring(begin.length()).strip())
        .toList();
  }

  @Test
  void anAdapterIsTrainedFurther() throws IOException {
    train("first", "lora_dropout: 0.0", "");
    String summary =
        train("second", "lora_dropout: 0.0", folder.resolve("first/adapter").toString());
    double last =
        LocalSpark.session()
            .read()
            .parquet(folder + "/second/log")
            .orderBy("step")
            .first()
            .getAs("loss");
    double first =
        LocalSpark.session()
            .read()
            .parquet(folder + "/first/log")
            .orderBy("step")
            .first()
            .getAs("loss");
    assertThat(last).as(summary).isLessThan(first / 2);
  }

  @Test
  void aChangedJobIsNotGoneOnWith() throws IOException {
    run(job("out", "", "").replace("max_steps: 6", "max_steps: 1"));
    assertThatThrownBy(() -> train("out", "lora_dropout: 0.1", ""))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("because its job changed; undo that");
  }

  @Test
  void namesThatMatchNothingAreRefusedWithThoseThatExist() {
    assertThatThrownBy(() -> run(job("out", "", "").replace("query_key_value", "q_proj")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(
            "Cannot train with target_modules [q_proj] because no linear layer of the model matches;"
                + " it has [dense, dense_4h_to_h, dense_h_to_4h, query_key_value]");
    assertThatThrownBy(() -> run(job("out", "modules_to_save: norm", "")))
        .hasMessage("Cannot train modules_to_save norm because the model has no such module");
  }

  @Test
  void rowsWithoutAnAnswerAreNamed() {
    assertThatThrownBy(() -> run(job("out", "", "").replace("max_length: 64", "max_length: 5")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining(
            "Cannot train on 12 rows of the input with train.max_length 5: row r00 has a prompt of")
        .hasMessageContaining("which leaves nothing of its answer, row r01");
  }

  @Test
  void aLossThatIsNoNumberNamesItsRows() {
    assertThatThrownBy(
            () -> run(job("out", "", "").replace("learning_rate: 0.01", "learning_rate: 1.0e+30")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("because the loss of")
        .hasMessageContaining("rows is not a number: r")
        .hasMessageEndingWith("; lower train.learning_rate, or look at these rows");
  }

  @Test
  void anAdapterThatChangesNothingIsNotSaved() {
    assertThatThrownBy(
            () -> run(job("out", "", "").replace("max_steps: 6", "max_steps: 1, warmup_steps: 5")))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("Cannot save the adapter because it changes nothing after 1 steps");
    assertThat(folder.resolve("out/adapter")).doesNotExist();
  }

  @Test
  void moreTokensThanTheModelHasPositionsAreRefused() {
    assertThatThrownBy(() -> run(job("out", "", "").replace("max_length: 64", "max_length: 513")))
        .hasMessage(
            "train.max_length: 513 is more than the 512 positions of the model; give at most so many");
  }

  private String train(String name, String lora, String adapter) throws IOException {
    return run(job(name, lora, adapter));
  }

  private static String run(String yaml) {
    return run(yaml, Integer.MAX_VALUE);
  }

  /** Stops it after some steps. */
  private static String run(String yaml, int steps) {
    int[] left = {steps};
    TrainJob job = JobReader.parseTraining(yaml, List.of());
    ModelResolver models = new ModelResolver(new Configuration(), new FetchLog());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExitCode code =
        new TrainRun(
                LocalSpark.session(),
                new TrainRequest(
                    job, models.resolve(job.model()), models.resolveAdapter(job.model())),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                () -> left[0]-- == 0 ? Optional.of("of a test") : Optional.empty())
            .run();
    assertThat(code).isEqualTo(left[0] < 0 ? ExitCode.BROKEN : ExitCode.OK);
    return out.toString(StandardCharsets.UTF_8);
  }

  private String job(String name, String lora, String adapter) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      rows.append(
          """
          {"id": "r%1$02d", "q": "%1$d足す2は何ですか。", "a": "答えは%2$dです。",\
           "m": [{"role": "user", "content": "%1$d足す2は何ですか。"},\
           {"role": "assistant", "content": "答えは%2$dです。"}]}
          """
              .formatted(i, i + 2));
    }
    Path input = folder.resolve("rows.jsonl");
    try {
      Files.writeString(input, rows);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return """
        name: test
        input: { format: jsonl, path: %s, id: id }
        prompt: { template: "ユーザー: {q}<NL>システム: " }
        model: { path: %s %s }
        lora: { r: 4, target_modules: query_key_value, %s }
        train: { answer: a, max_length: 64, max_steps: 6, learning_rate: 0.01, val_set_size: 2,
          per_device_train_batch_size: 2, gradient_accumulation_steps: 2, eval_steps: 3,
          save_steps: 2, save_total_limit: 9, seed: 3 }
        output: { path: %s }
        """
        .formatted(
            input,
            MINI.toAbsolutePath(),
            adapter.isEmpty() ? "" : ", adapter: " + adapter,
            lora,
            folder.resolve(name));
  }

  private byte[] adapter(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name).resolve("adapter/adapter_model.safetensors"));
  }
}
