package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.OutputMode;
import org.yukiguni.job.TimeLimit;
import org.yukiguni.spark.LocalSpark;

final class GenerateRunTest {
  @TempDir Path folder;

  private static List<Row> rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> RowFactory.create("id%03d".formatted(i), "prompt " + i, null, "kept" + i))
        .toList();
  }

  @Test
  void writesEveryRowOnceForEachCompletion() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(40)).withChunkRows(10);

    assertThat(test.run()).isEqualTo(ExitCode.OK);

    List<Row> out = test.read().orderBy("id", "sequence_index").collectAsList();
    assertThat(out).hasSize(80);
    for (int i = 0; i < 80; i++) {
      Row row = out.get(i);
      assertThat(row.<String>getAs("id")).isEqualTo("id%03d".formatted(i / 2));
      assertThat(row.<Integer>getAs("sequence_index")).isEqualTo(i % 2);
      assertThat(row.<String>getAs("category")).isEqualTo("kept" + i / 2);
      assertThat(row.<String>getAs("status")).isEqualTo("ok");
      assertThat(row.<String>getAs("completion")).hasSize(6);
      assertThat(row.<Integer>getAs("completion_tokens")).isEqualTo(6);
      assertThat(row.<String>getAs("finish_reason")).isEqualTo("length");
      assertThat(row.<String>getAs("device")).isEqualTo("cpu");
    }
    assertThat(test.read().select("chunk").distinct().count()).isEqualTo(4);
    assertThat(test.lastJson().get("rows_out").asLong()).isEqualTo(80);
    assertThat(test.lastJson().get("completion_tokens").asLong()).isEqualTo(480);
    assertThat(test.lastJson().get("device_busy_share").asDouble()).isBetween(0.0, 1.01);
  }

  /** Spark lists more than 32 folders by a job with a task for each. */
  @Test
  void manyChunksAreListedAFewTimesOnly() {
    AtomicInteger tasks = new AtomicInteger();
    SparkListener counter =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            tasks.incrementAndGet();
          }
        };
    LocalSpark.session().sparkContext().addSparkListener(counter);
    try {
      TestRun test = new TestRun(folder.resolve("out")).withRows(rows(40)).withChunkRows(1);
      assertThat(test.run()).isEqualTo(ExitCode.OK);
      assertThat(test.read().count()).isEqualTo(80);
    } finally {
      LocalSpark.session().sparkContext().removeSparkListener(counter);
    }
    assertThat(tasks.get()).isLessThan(40 * 20);
  }

  @Test
  void everyKindOfErrorBecomesRows() {
    List<Row> rows =
        List.of(
            RowFactory.create("null", null, null, "k"),
            RowFactory.create("empty", "", null, "k"),
            RowFactory.create("long", "x".repeat(100), null, "k"),
            RowFactory.create("untokenisable", "untokenisable", null, "k"),
            RowFactory.create("settings", "x", "{\"top_q\": 1}", "k"),
            RowFactory.create("own", "x", "{\"max_new_tokens\": 3, \"seed\": 99}", "k"),
            RowFactory.create("good", "good", null, "k"));
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows);

    assertThat(test.run()).isEqualTo(ExitCode.TOO_MANY_ERRORS);

    Map<String, String> codes = new HashMap<>();
    List<Row> out = test.read().collectAsList();
    out.forEach(row -> codes.put(row.getAs("id"), row.getAs("error_code")));
    assertThat(codes)
        .containsEntry("null", "prompt_null")
        .containsEntry("empty", "prompt_empty")
        .containsEntry("long", "prompt_too_long")
        .containsEntry("untokenisable", "tokenizer")
        .containsEntry("settings", "generation_settings")
        .containsEntry("own", null)
        .containsEntry("good", null);
    assertThat(out).hasSize(14);
    assertThat(test.read().where("id = 'own' and completion_tokens = 3 and seed = 99").count())
        .isEqualTo(2);
    assertThat(test.read().select("request_hash").distinct().count()).isEqualTo(7);
    assertThat(out.stream().map(row -> row.getAs("id") + "/" + row.getAs("sequence_index")))
        .doesNotHaveDuplicates();
    assertThat(test.read().where("status = 'error' and error_message like 'Cannot %'").count())
        .isEqualTo(10);
    assertThat(test.lastJson().get("errors").get("prompt_null").asLong()).isEqualTo(2);
    assertThat(test.lastJson().get("error_ratio").asDouble()).isEqualTo(10 / 14.0);
    assertThat(test.withMaxErrorRatio(0.9).inMode(OutputMode.OVERWRITE).run())
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void aRowMayHaveAnotherNumberOfCompletions() {
    List<Row> rows =
        List.of(
            RowFactory.create("jobs", "a", null, "k"),
            RowFactory.create("one", "b", "{n: 1}", "k"),
            // More than the engine decodes at once.
            RowFactory.create("many", "c", "{n: 11}", "k"),
            RowFactory.create("wrong", "d", "{n: 0}", "k"),
            RowFactory.create("long", "x".repeat(100), "{n: 4}", "k"));
    TestRun test =
        new TestRun(folder.resolve("out")).withRows(rows).withMaxErrorRatio(0.5).withChunkRows(2);

    assertThat(test.run()).isEqualTo(ExitCode.OK);

    Map<String, Long> counts = new HashMap<>();
    test.read()
        .groupBy("id")
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    assertThat(counts)
        .isEqualTo(Map.of("jobs", 2L, "one", 1L, "many", 11L, "wrong", 2L, "long", 4L));
    assertThat(test.lastJson().get("rows_expected").asLong()).isEqualTo(20);
  }

  @Test
  void aStepThatFailsNowAndThenCostsNoRow() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(40));
    test.loader().state().failingStep = 9;

    assertThat(test.run()).isEqualTo(ExitCode.OK);

    assertThat(test.read().where("status = 'ok'").count()).isEqualTo(80);
  }

  @Test
  void aDeadEngineIsNotUsedAgain() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(40)).withChunkRows(10);
    test.loader().state().dyingStep = 9;

    assertThat(test.run()).isEqualTo(ExitCode.OK);

    assertThat(test.read().where("status = 'ok'").count()).isEqualTo(80);
    assertThat(test.loader().state().engines).hasValue(2);
  }

  @Test
  void resumeDoesOnlyWhatIsMissing() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(40)).withChunkRows(10);
    test.loader().state().crashingPrompt = "prompt 7";

    assertThatThrownBy(test::run)
        .isInstanceOf(RunBrokenException.class)
        .hasMessageContaining("Cannot go on because the test crashes here")
        .hasMessageContaining("the same command goes on");
    Map<String, Object> before = test.startTimes();
    assertThat(before).hasSizeLessThan(80);
    test.loader().state().crashingPrompt = "";
    // The input of the day after; the plan holds that of the day before.
    assertThat(test.withRows(rows(41)).run()).isEqualTo(ExitCode.OK);

    Map<String, Object> after = test.startTimes();
    assertThat(after).hasSize(80).containsAllEntriesOf(before);
    assertThat(test.read().count()).isEqualTo(80);
    assertThat(test.read().select("run_id").distinct().count()).isEqualTo(1);
    assertThatThrownBy(test::run)
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("the input has changed since run")
        .hasMessageContaining("it had 40 rows and has 41; set output.mode: new");
    assertThat(test.withRows(rows(40)).run()).isEqualTo(ExitCode.OK);
    assertThat(test.startTimes()).isEqualTo(after);
  }

  @Test
  void aChangedValueOfTheInputIsSeen() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(4));
    assertThat(test.run()).isEqualTo(ExitCode.OK);
    List<Row> shuffled = new ArrayList<>(rows(4));
    Collections.reverse(shuffled);
    assertThat(test.withRows(shuffled).run()).isEqualTo(ExitCode.OK);
    shuffled.set(0, RowFactory.create("id003", "prompt 3", null, "other"));
    assertThatThrownBy(() -> test.withRows(shuffled).run())
        .hasMessageContaining("it had 4 rows and has 4 of other content");
  }

  @Test
  void aChangedJobIsRefusedWithTheDifferencesNamed() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(4));
    assertThat(test.run()).isEqualTo(ExitCode.OK);
    assertThatThrownBy(() -> test.withSeed(8).run())
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("because the job has changed: generation.seed was 7 and is 8; run it")
        .hasMessageContaining("output.mode: new");
    assertThat(test.withSeed(7).run()).isEqualTo(ExitCode.OK);
  }

  @Test
  void aFolderInUseIsRefused() throws IOException {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(4));
    OutputFolder output = OutputFolder.of(folder.resolve("out").toString(), new Configuration());
    try (Lease lease = output.lease("somebody on elsewhere")) {
      assertThat(lease.lost()).isEmpty();
      assertThatThrownBy(test::run)
          .isInstanceOf(InvalidJobException.class)
          .hasMessageContaining("because another driver does: somebody on elsewhere, since 20");
    }
    assertThat(test.run()).isEqualTo(ExitCode.OK);
  }

  @Test
  void rowsThatEndTheirEngineAreFoundAndTheOthersFinish() {
    List<Row> rows = new ArrayList<>(rows(38));
    for (String poison : List.of("poison a", "poison b")) {
      rows.add(RowFactory.create(poison, "x".repeat(20), null, "kept " + poison));
    }
    TestRun test =
        new TestRun(folder.resolve("out")).withRows(rows).withChunkRows(20).withMaxErrorRatio(0.1);
    test.loader().state().poisonLength = 20;

    assertThat(test.run()).isEqualTo(ExitCode.OK);

    assertThat(test.startTimes()).hasSize(80);
    assertThat(test.read().count()).isEqualTo(80);
    assertThat(test.read().where("error_code = 'executor_lost'").collectAsList())
        .hasSize(4)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("id")).startsWith("poison ");
              assertThat(row.<String>getAs("category")).isEqualTo("kept " + row.getAs("id"));
              assertThat(row.<String>getAs("error_message")).startsWith("Cannot generate because");
            });
    Map<String, Object> before = test.startTimes();

    // Cured, they alone run again.
    test.loader().state().poisonLength = -1;
    assertThat(test.runRetryingErrors()).isEqualTo(ExitCode.OK);
    assertThat(test.read().where("status = 'ok'").count()).isEqualTo(80);
    before.keySet().removeIf(key -> key.startsWith("poison"));
    assertThat(test.startTimes()).hasSize(80).containsAllEntriesOf(before);
    assertThat(test.read().where("category like 'kept%'").count()).isEqualTo(80);
    assertThat(test.runRetryingErrors()).isEqualTo(ExitCode.OK);
    assertThat(test.printed()).contains("0 errors");
  }

  @Test
  void aRowWhoseStepNeverReturnsIsFoundAndTheOthersFinish() {
    List<Row> rows = new ArrayList<>(rows(7));
    rows.add(RowFactory.create("endless", "x".repeat(20), null, "kept"));
    TestRun test =
        new TestRun(folder.resolve("out"))
            .withRows(rows)
            .withMaxErrorRatio(0.2)
            .withMaxStepTime(TimeLimit.parse("1s"));
    test.loader().state().hangingLength = 20;

    assertThat(test.run()).isEqualTo(ExitCode.OK);

    test.loader().state().hangEnds.countDown();
    assertThat(test.startTimes()).hasSize(16);
    assertThat(test.read().where("error_code = 'executor_lost'").collectAsList())
        .hasSize(2)
        .allSatisfy(row -> assertThat(row.<String>getAs("id")).isEqualTo("endless"));
  }

  /** What a crash leaves between the end of a replacement and its taking the place of the chunk. */
  @Test
  void aReplacementIsFinishedByTheNextRun() throws IOException {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(8)).withChunkRows(4);
    assertThat(test.run()).isEqualTo(ExitCode.OK);
    Map<String, Object> before = test.startTimes();
    String id = test.lastJson().get("run_id").asText();
    Path replacements = folder.resolve("out/_yukiguni/" + id + "/replacements");
    Files.createDirectories(replacements.resolve("chunk=0"));
    Files.move(folder.resolve("out/run_id=" + id + "/chunk=1"), replacements.resolve("chunk=1"));
    assertThat(test.startTimes()).hasSizeLessThan(16);

    assertThat(test.run()).isEqualTo(ExitCode.OK);
    assertThat(test.startTimes()).isEqualTo(before);
    assertThat(replacements).doesNotExist();
  }

  @Test
  void aRunThatIsToldToStopCanBeResumed() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(40)).withChunkRows(5);
    AtomicInteger asked = new AtomicInteger();
    test.withStop(() -> asked.getAndIncrement() < 3 ? Optional.empty() : Optional.of("of a test"));
    assertThatThrownBy(test::run)
        .isInstanceOf(RunBrokenException.class)
        .hasMessageContaining(
            "because of a test; 3 of 8 chunks are done, the same command goes on");
    Map<String, Object> before = test.startTimes();
    test.loader().state().stepMs = 20;
    assertThatThrownBy(
            () -> test.withStop(Optional::empty).withMaxTime(TimeLimit.parse("1s")).run())
        .isInstanceOf(RunBrokenException.class)
        .hasMessageContaining("because it took as long as run.max_time allows, 1s; ");
    test.loader().state().stepMs = 0;
    assertThat(test.withMaxTime(TimeLimit.NONE).run()).isEqualTo(ExitCode.OK);
    assertThat(test.startTimes()).hasSize(80).containsAllEntriesOf(before);
  }

  @Test
  void anIncrementalRunDoesOnlyWhatIsNew() {
    TestRun test =
        new TestRun(folder.resolve("out")).withRows(rows(20)).withChunkRows(10).incremental();
    test.withStop(new OnceThenStop());
    assertThatThrownBy(test::run).isInstanceOf(RunBrokenException.class);
    List<Row> more = new ArrayList<>(rows(30));
    more.set(3, RowFactory.create("id003", "another prompt", null, "kept3"));
    more.set(4, RowFactory.create("bad", null, null, "kept"));
    // The rest of the first run, and what is new since, in one call.
    assertThat(test.withStop(Optional::empty).withRows(more).withMaxErrorRatio(0.2).run())
        .isEqualTo(ExitCode.OK);

    assertThat(test.read().select("run_id").distinct().count()).isEqualTo(2);
    assertThat(test.read().count()).isEqualTo(2 * (20 + 10 + 2));
    String newest = test.lastJson().get("run_id").asText();
    assertThat(
            test.read()
                .where("run_id = '" + newest + "' and sequence_index = 0")
                .select("id")
                .as(Encoders.STRING())
                .collectAsList())
        .hasSize(12)
        .contains("id003", "bad", "id020", "id029")
        .doesNotContain("id002", "id019");
    Map<String, Object> before = test.startTimes();
    // Errors are tried again, and nothing else.
    assertThat(test.withMaxErrorRatio(1).run()).isEqualTo(ExitCode.OK);
    assertThat(test.read().count()).isEqualTo(2 * (20 + 10 + 2 + 1));
    more.remove(4);
    assertThat(test.withRows(more).run()).isEqualTo(ExitCode.OK);
    assertThat(test.startTimes()).hasSameSizeAs(before);
    // Other settings are other requests.
    assertThat(test.withSeed(9).run()).isEqualTo(ExitCode.OK);
    assertThat(test.lastJson().get("rows_in").asLong()).isEqualTo(29);
    assertThatThrownBy(() -> test.inMode(OutputMode.OVERWRITE).run())
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("output.incremental: Cannot be used with output.mode overwrite");
  }

  /** Lets one chunk begin. */
  private static final class OnceThenStop implements Supplier<Optional<String>> {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public Optional<String> get() {
      return asked.getAndIncrement() == 0 ? Optional.empty() : Optional.of("of a test");
    }
  }

  @Test
  void equalGreedyRequestsAreComputedOnce() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(RowFactory.create("id%02d".formatted(i), "prompt " + i % 3, null, "kept" + i));
    }
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows).withChunkRows(20).greedy();
    assertThat(test.run()).isEqualTo(ExitCode.OK);

    assertThat(test.startTimes()).hasSize(60);
    assertThat(
            test.read().where("category = concat('kept', cast(substring(id, 3) as int))").count())
        .isEqualTo(60);
    assertThat(test.read().where("device_ms > 0").count()).isEqualTo(3);
    assertThat(test.read().select("prompt", "completion").distinct().count()).isEqualTo(3);
    // Drawn completions differ from row to row, and are all computed.
    TestRun drawn = new TestRun(folder.resolve("drawn")).withRows(rows);
    assertThat(drawn.run()).isEqualTo(ExitCode.OK);
    assertThat(drawn.read().where("device_ms > 0").count()).isEqualTo(120);
    assertThat(drawn.read().select("completion").distinct().count()).isGreaterThan(100);
  }

  @Test
  void aBrokenPlanIsMadeAgain() throws IOException {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(4));
    Files.createDirectories(folder.resolve("out/_yukiguni/20260101T000000-00000000/plan"));

    assertThat(test.run()).isEqualTo(ExitCode.OK);

    assertThat(test.read().count()).isEqualTo(8);
    try (var runs = Files.list(folder.resolve("out/_yukiguni"))) {
      assertThat(runs.filter(Files::isDirectory)).hasSize(1);
    }
  }

  @Test
  void modes() {
    TestRun test = new TestRun(folder.resolve("out")).withRows(rows(4));
    assertThat(test.inMode(OutputMode.FAIL).run()).isEqualTo(ExitCode.OK);
    assertThatThrownBy(test::run)
        .isInstanceOf(InvalidJobException.class)
        .hasMessageContaining("output.mode is fail");
    String first = test.lastJson().get("run_id").asText();

    // Another seed is another run beside the first one.
    assertThat(test.inMode(OutputMode.NEW).withSeed(8).run()).isEqualTo(ExitCode.OK);
    assertThat(test.read().count()).isEqualTo(16);
    assertThat(test.lastJson().get("run_id").asText()).isNotEqualTo(first);

    assertThat(test.inMode(OutputMode.OVERWRITE).run()).isEqualTo(ExitCode.OK);
    assertThat(test.read().count()).isEqualTo(8);
    assertThat(folder.resolve("out/run_id=" + first)).doesNotExist();
  }

  @Test
  void refusesAFolderThatHoldsSomethingElse() throws IOException {
    Files.createDirectories(folder.resolve("out/run_id=7"));
    Files.writeString(folder.resolve("out/thesis.tex"), "three years of work");
    for (OutputMode mode : OutputMode.values()) {
      assertThatThrownBy(
              () -> new TestRun(folder.resolve("out")).withRows(rows(1)).inMode(mode).run())
          .isInstanceOf(InvalidJobException.class)
          .hasMessageContaining("holds run_id=7, thesis.tex, which is not ours");
    }
    assertThat(folder.resolve("out/thesis.tex")).exists();
  }
}
