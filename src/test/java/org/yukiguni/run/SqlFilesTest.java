package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.OutputMode;
import org.yukiguni.spark.LocalSpark;

/** Each question of jobs/sql over two runs, asked of Spark and of DuckDB: the same answers. */
final class SqlFilesTest {
  @TempDir Path folder;

  @Test
  void sparkAndDuckDbGiveTheSameAnswers() throws Exception {
    Path output = folder.resolve("out");
    List<Row> rows = new ArrayList<>();
    rows.add(RowFactory.create("empty", "", null, "c0"));
    rows.add(RowFactory.create("long", "x".repeat(100), null, "c1"));
    IntStream.range(0, 18)
        .forEach(i -> rows.add(RowFactory.create("id" + i, "prompt " + i, null, "c" + i % 3)));
    new TestRun(output).withRows(rows).withMaxErrorRatio(1).withSeed(1).run();
    // The same job once more: every completion has its double.
    new TestRun(output)
        .withRows(rows)
        .withMaxErrorRatio(1)
        .withSeed(1)
        .inMode(OutputMode.NEW)
        .run();
    LocalSpark.session().read().parquet(output.toString()).createOrReplaceTempView("completions");

    Map<String, List<List<Object>>> answers = new HashMap<>();
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(
          "CREATE VIEW completions AS SELECT * FROM read_parquet('%s/run_id=*/chunk=*/*.parquet')"
              .formatted(output));
      for (Path file : sqlFiles()) {
        String sql = Files.readString(file);
        assertThat(sql).as(file.toString()).startsWith("-- ");
        List<List<Object>> answer = spark(sql);
        assertThat(answer).as(file.toString()).isNotEmpty();
        assertThat(duck(statement, sql)).as(file.toString()).isEqualTo(answer);
        answers.put(file.getFileName().toString(), answer);
      }
    }

    assertThat(answers).hasSize(8);
    assertThat(answers.get("failed-prompts.sql")).hasSize(8);
    assertThat(answers.get("near-duplicates.sql")).hasSize(36);
    assertThat(answers.get("slowest-and-longest.sql")).hasSize(20);
    assertThat(answers.get("cost-by-category.sql")).hasSize(3);
    assertThat(answers.get("hit-the-token-limit.sql").get(0).subList(1, 4))
        .containsExactly("72", "72", "1.000000");
    assertThat(answers.get("acceptance-by-condition.sql").get(0))
        .containsExactly("20", "80", "0", "0.000000", "20");
    assertThat(answers.get("this-night-against-the-last.sql"))
        .extracting(row -> row.get(0))
        .containsExactly("this night", "the last");
  }

  private static List<Path> sqlFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("jobs/sql"))) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
  }

  private static List<List<Object>> spark(String sql) {
    return LocalSpark.session().sql(sql).collectAsList().stream()
        .map(row -> IntStream.range(0, row.length()).mapToObj(i -> plain(row.get(i))).toList())
        .toList();
  }

  private static List<List<Object>> duck(Statement statement, String sql) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(plain(result.getObject(i)));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** Without what tells the two apart: types of numbers, and what a time zone does to an hour. */
  private static Object plain(Object value) {
    if (value instanceof Double || value instanceof java.math.BigDecimal) {
      return "%.6f".formatted(((Number) value).doubleValue());
    }
    if (value instanceof java.sql.Timestamp || value instanceof java.time.temporal.Temporal) {
      return "an hour";
    }
    return String.valueOf(value);
  }
}
