package org.yukiguni.report;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.spark.LocalSpark;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.OutputSchema;

/** Output rows with times and lengths of the test's choice, kept column {@code category}. */
final class TestOutput {
  static final Instant START = Instant.parse("2026-01-02T03:00:00Z");
  private static final StructType SCHEMA =
      OutputSchema.of(List.of(DataTypes.createStructField("category", DataTypes.StringType, true)))
          .schema()
          .add("chunk", DataTypes.IntegerType);

  private final List<Row> rows = new ArrayList<>();
  private Double engineHourCost;
  private int completionsPerRow = 1;
  private String job = "test";

  TestOutput named(String name) {
    job = name;
    return this;
  }

  TestOutput withEngineHourCost(double cost) {
    engineHourCost = cost;
    return this;
  }

  TestOutput withCompletionsPerRow(int n) {
    completionsPerRow = n;
    return this;
  }

  /**
   * Adds a completion.
   *
   * @param from when it started, in seconds after {@link #START}
   * @param first when its first token came
   * @param to when it finished
   * @param tokens of the completion; half of the time between from and to was the device's
   */
  TestOutput ok(String id, String engine, double from, double first, double to, int tokens) {
    return row(id, 0, "prompt of " + id, "completion of " + id, "story")
        .on(engine, from, first, to, tokens);
  }

  /** Begins a row whose texts matter; {@link Texts#on} or {@link Texts#error} ends it. */
  Texts row(String id, int index, String prompt, String completion, String category) {
    return new Texts(id, index, prompt, completion, category);
  }

  final class Texts {
    private final Map<String, Object> values = new HashMap<>();

    private Texts(String id, int index, String prompt, String completion, String category) {
      values.put("id", id);
      values.put("sequence_index", index);
      values.put("prompt", prompt);
      values.put("completion", completion);
      values.put("category", category);
      values.put("prompt_tokens", 10);
      values.put("seed", 0L);
      values.put("model", "m");
      values.put("request_hash", "h");
      values.put("chunk", rows.size() % 2);
    }

    TestOutput on(String engine, double from, double first, double to, int tokens) {
      time(engine, from, to);
      values.put("status", "ok");
      values.put("finish_reason", tokens % 2 == 0 ? "stop" : "length");
      values.put("completion_tokens", tokens);
      values.put("queue_ms", 0.0);
      values.put("first_token_ms", 1000 * (first - from));
      values.put("total_ms", 1000 * (to - from));
      values.put("device_ms", 500 * (to - from));
      return end();
    }

    TestOutput error(String engine, double at, String code, String message) {
      time(engine, at, at);
      values.put("completion", null);
      values.put("status", "error");
      values.put("error_code", code);
      values.put("error_message", message);
      return end();
    }

    private void time(String engine, double from, double to) {
      values.put("executor_id", engine);
      values.put("device", "cpu");
      values.put("started_at", at(from));
      values.put("finished_at", at(to));
    }

    private TestOutput end() {
      Object[] row = new Object[SCHEMA.length()];
      for (int i = 0; i < row.length; i++) {
        row[i] = values.get(SCHEMA.fieldNames()[i]);
      }
      rows.add(RowFactory.create(row));
      return TestOutput.this;
    }
  }

  Output output() {
    return new Output(
        new RunFacts(
            job,
            "20260102T030000-0badcafe",
            "m",
            "r",
            rows.size() / completionsPerRow,
            rows.size(),
            2,
            2,
            0,
            engineHourCost,
            START.toString(),
            "name: " + job + "\n",
            new TreeMap<>(Map.of("spark", "4", "java", "17"))),
        LocalSpark.session().createDataFrame(rows, SCHEMA));
  }

  static Timestamp at(double seconds) {
    return Timestamp.from(START.plusNanos(Math.round(seconds * 1e9)));
  }

  static String column(OutputColumn column) {
    return column.columnName();
  }
}
