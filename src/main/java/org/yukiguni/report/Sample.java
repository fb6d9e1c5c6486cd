package org.yukiguni.report;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.yukiguni.spark.OutputColumn;

/**
 * Some prompts of a run with their completions. Those with errors come first into it, then others
 * by chance: a chunk is dealt by a hash of the ids, so the first chunks are as good a sample as
 * any, and the texts of the others need not be read.
 *
 * @param prompts by id
 * @param filters kept columns of few values, with these
 */
record Sample(List<Prompt> prompts, Map<String, List<String>> filters) {
  private static final int PROMPTS = 120;
  private static final int PROMPTS_WITH_ERRORS = 30;
  private static final int MAX_FILTER_VALUES = 40;
  static final int MAX_COMPLETIONS = 8;

  /**
   * A prompt.
   *
   * @param id of the row
   * @param text of the prompt; null if the input's was
   * @param tokens of the prompt; null if it was not tokenised
   * @param status error if one of its completions is
   * @param kept values of the columns in {@link #filters}
   * @param places of these values among the filter's, from 1
   * @param completions by index, at most eight
   * @param more completions left out
   */
  record Prompt(
      String id,
      String text,
      Integer tokens,
      String status,
      List<String> kept,
      List<Integer> places,
      List<Completion> completions,
      int more) {}

  /** A completion, or the error in its place: text is then the message and finish the code. */
  record Completion(
      int index, String status, String text, String finish, Integer tokens, String millis) {}

  static Sample of(Output output) {
    Dataset<Row> rows = output.rows();
    Column isError = Columns.of(OutputColumn.STATUS).notEqual("ok");
    Map<String, Integer> chosen = choose(rows.where(isError).orderBy("id"), PROMPTS_WITH_ERRORS);
    Column byChance = xxhash64(Columns.of(OutputColumn.ID), lit(0));
    Column first = Columns.of(OutputColumn.SEQUENCE_INDEX).equalTo(0);
    Map<String, Integer> others =
        choose(rows.where(first.and(firstChunks(output.run()))).orderBy(byChance), PROMPTS);
    if (others.isEmpty()) {
      others = choose(rows.where(first).orderBy(byChance), PROMPTS);
    }
    for (Map.Entry<String, Integer> other : others.entrySet()) {
      if (chosen.size() < PROMPTS) {
        chosen.putIfAbsent(other.getKey(), other.getValue());
      }
    }
    return of(rowsOf(rows, chosen), keptColumns(rows));
  }

  /** The texts of these rows: only their chunks are read. */
  static List<Row> rowsOf(Dataset<Row> rows, Map<String, Integer> chosen) {
    return chosen.isEmpty()
        ? List.of()
        : rows.where(
                Columns.of(OutputColumn.CHUNK)
                    .isin(chosen.values().stream().distinct().toArray())
                    .and(Columns.of(OutputColumn.ID).isin(chosen.keySet().toArray())))
            .orderBy("id", "sequence_index")
            .collectAsList();
  }

  /**
   * The ids of the first rows with their chunks, in the order of the rows.
   *
   * @param most of the ids
   */
  static Map<String, Integer> choose(Dataset<Row> rows, int most) {
    Map<String, Integer> chosen = new LinkedHashMap<>();
    for (Row row : rows.select("id", "chunk").takeAsList(4 * most)) {
      if (chosen.size() < most) {
        chosen.put(row.getString(0), row.getInt(1));
      }
    }
    return chosen;
  }

  /** As many chunks as hold twice the sample. */
  private static Column firstChunks(RunFacts run) {
    long perChunk = Math.max(1, run.rowsIn() / Math.max(1, run.chunks()));
    return Columns.of(OutputColumn.CHUNK).leq(2 * PROMPTS / perChunk);
  }

  private static List<String> keptColumns(Dataset<Row> rows) {
    Set<String> ours = new TreeSet<>();
    for (OutputColumn column : OutputColumn.values()) {
      ours.add(column.columnName());
    }
    return Arrays.stream(rows.schema().fields())
        .filter(f -> f.dataType().equals(DataTypes.StringType))
        .map(StructField::name)
        .filter(name -> !ours.contains(name))
        .toList();
  }

  private static Sample of(List<Row> rows, List<String> keptColumns) {
    Map<String, List<Row>> byId = new LinkedHashMap<>();
    for (Row row : rows) {
      byId.computeIfAbsent(row.getAs("id"), id -> new ArrayList<>()).add(row);
    }
    Map<String, List<String>> filters = new TreeMap<>();
    for (String column : keptColumns) {
      List<String> values =
          rows.stream().map(row -> value(row, column)).distinct().sorted().toList();
      if (values.size() > 1 && values.size() <= MAX_FILTER_VALUES) {
        filters.put(column, values);
      }
    }
    return new Sample(
        byId.values().stream().map(group -> prompt(group, filters)).toList(), filters);
  }

  private static Prompt prompt(List<Row> rows, Map<String, List<String>> filters) {
    Row first = rows.get(0);
    List<String> kept = filters.keySet().stream().map(column -> value(first, column)).toList();
    List<Integer> places = new ArrayList<>();
    filters.forEach((column, values) -> places.add(values.indexOf(value(first, column)) + 1));
    String text = first.getAs("prompt");
    return new Prompt(
        PageText.of(first.getAs("id")),
        text == null ? null : PageText.of(text),
        first.getAs("prompt_tokens"),
        rows.stream().allMatch(row -> row.getAs("status").equals("ok")) ? "ok" : "error",
        kept,
        places,
        rows.stream().limit(MAX_COMPLETIONS).map(Sample::completion).toList(),
        Math.max(0, rows.size() - MAX_COMPLETIONS));
  }

  static Completion completion(Row row) {
    boolean isOk = row.getAs("status").equals("ok");
    Double millis = row.getAs("total_ms");
    return new Completion(
        row.getAs("sequence_index"),
        row.getAs("status"),
        PageText.of(row.getAs(isOk ? "completion" : "error_message")),
        row.getAs(isOk ? "finish_reason" : "error_code"),
        row.getAs("completion_tokens"),
        millis == null ? null : Figures.millis(millis));
  }

  private static String value(Row row, String column) {
    String value = row.getAs(column);
    return value == null ? "(null)" : PageText.of(value);
  }
}
