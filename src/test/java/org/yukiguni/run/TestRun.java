package org.yukiguni.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.AutoCount;
import org.yukiguni.job.Device;
import org.yukiguni.job.DevicePlan;
import org.yukiguni.job.Dtype;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.job.InputFormat;
import org.yukiguni.job.InputSpec;
import org.yukiguni.job.Job;
import org.yukiguni.job.MemorySize;
import org.yukiguni.job.ModelSpec;
import org.yukiguni.job.OutputFormat;
import org.yukiguni.job.OutputMode;
import org.yukiguni.job.OutputSpec;
import org.yukiguni.job.PromptSpec;
import org.yukiguni.job.Quantization;
import org.yukiguni.job.ReportSpec;
import org.yukiguni.job.RowSettings;
import org.yukiguni.job.RunSpec;
import org.yukiguni.job.TestSettings;
import org.yukiguni.job.TimeLimit;
import org.yukiguni.spark.FakeLoader;
import org.yukiguni.spark.LocalSpark;

/** A job with two completions of six tokens for each row, by the fake model. */
final class TestRun {
  private static final StructType PROMPTS =
      new StructType()
          .add("id", DataTypes.StringType)
          .add("prompt", DataTypes.StringType)
          .add("__generation", DataTypes.StringType)
          .add("__add_special_tokens", DataTypes.BooleanType)
          .add("__error_code", DataTypes.StringType)
          .add("__error_message", DataTypes.StringType)
          .add("category", DataTypes.StringType);

  private static final String SETTINGS =
      "{max_new_tokens: 6, do_sample: %s, top_k: 0, n: %d, stop: stop, seed: %d}";

  private final SparkSession spark = LocalSpark.session();
  private final Path output;
  private final FakeLoader loader;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private List<Row> rows = List.of();
  private OutputMode mode = OutputMode.RESUME;
  private int chunkRows;
  private double maxErrorRatio;
  private TimeLimit maxTime = TimeLimit.NONE;
  private TimeLimit maxStepTime = TimeLimit.NONE;
  private int maxRepeats;
  private boolean incremental;
  private boolean doSample = true;
  private Supplier<Optional<String>> stop = Optional::empty;
  private long seed = 7;
  private String table;
  private Device device = Device.AUTO;

  TestRun(Path output) {
    this.output = output;
    this.loader = new FakeLoader(output.toString());
  }

  TestRun withRows(List<Row> rows) {
    this.rows = rows;
    return this;
  }

  TestRun withChunkRows(int rowsPerChunk) {
    this.chunkRows = rowsPerChunk;
    return this;
  }

  TestRun withMaxErrorRatio(double ratio) {
    this.maxErrorRatio = ratio;
    return this;
  }

  TestRun withMaxTime(TimeLimit time) {
    this.maxTime = time;
    return this;
  }

  TestRun withMaxStepTime(TimeLimit time) {
    this.maxStepTime = time;
    return this;
  }

  TestRun withMaxRepeats(int repeats) {
    this.maxRepeats = repeats;
    return this;
  }

  TestRun incremental() {
    this.incremental = true;
    return this;
  }

  TestRun greedy() {
    this.doSample = false;
    return this;
  }

  TestRun withStop(Supplier<Optional<String>> newStop) {
    this.stop = newStop;
    return this;
  }

  TestRun withSeed(long newSeed) {
    this.seed = newSeed;
    return this;
  }

  TestRun withTable(String name) {
    this.table = name;
    return this;
  }

  TestRun on(String newDevice) {
    this.device = Device.parse(newDevice);
    return this;
  }

  TestRun inMode(OutputMode newMode) {
    this.mode = newMode;
    return this;
  }

  FakeLoader loader() {
    return loader;
  }

  ExitCode run() {
    return prepared().run();
  }

  ExitCode runRetryingErrors() {
    return prepared().retryingErrors().run();
  }

  private GenerateRun prepared() {
    return new GenerateRun(
        spark,
        new RunRequest(
            job(),
            "name: test\n",
            generation(),
            null,
            null,
            loader,
            session -> session.createDataFrame(prompts(), PROMPTS)),
        new PrintStream(printed, true, StandardCharsets.UTF_8),
        stop);
  }

  /** All that lies in the output folder, as an analyst reads it. */
  Dataset<Row> read() {
    return spark.read().parquet(output.toString());
  }

  /** When each completion began, by id and index. */
  Map<String, Object> startTimes() {
    Map<String, Object> times = new HashMap<>();
    for (Row row : read().collectAsList()) {
      times.put(row.getAs("id") + "/" + row.getAs("sequence_index"), row.getAs("started_at"));
    }
    return times;
  }

  String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  JsonNode lastJson() {
    try {
      return new ObjectMapper().readTree(printed().lines().reduce((a, b) -> b).orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Row> prompts() {
    return rows.stream()
        .map(
            row ->
                RowFactory.create(
                    row.get(0), row.get(1), row.get(2), false, null, null, row.get(3)))
        .toList();
  }

  private RowSettings generation() {
    return TestSettings.rows(SETTINGS.formatted(doSample, doSample ? 2 : 1, seed));
  }

  private Job job() {
    return new Job(
        "test",
        new InputSpec(InputFormat.JSONL, "in.jsonl", null, null, "id", null, List.of("category")),
        PromptSpec.ofColumn("prompt"),
        new ModelSpec(
            loader.name(),
            "main",
            null,
            "main",
            Dtype.AUTO,
            Quantization.NONE,
            device,
            DevicePlan.NONE),
        TestSettings.settings(SETTINGS.formatted(doSample, doSample ? 2 : 1, seed)),
        new EngineSpec(AutoCount.AUTO, AutoCount.AUTO, MemorySize.AUTO),
        new OutputSpec(output.toString(), OutputFormat.PARQUET, mode, incremental, false, table),
        new RunSpec(
            new AutoCount(chunkRows),
            maxErrorRatio,
            maxTime,
            TimeLimit.NONE,
            maxStepTime,
            maxRepeats),
        new ReportSpec(null, 2.0));
  }
}
