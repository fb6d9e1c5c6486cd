package org.yukiguni.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.yukiguni.spark.OutputColumn;

/**
 * All that can be added up, from one pass over the rows: groups of them by engine, chunk and how
 * they ended come back from Spark, a few thousand at most, and are added up here.
 */
final class Tally {
  private final Map<String, Long> errors = new TreeMap<>();
  private final Map<String, Long> finishReasons = new TreeMap<>();
  private final Map<List<String>, Engine> engines = new LinkedHashMap<>();
  private final Spans wall = new Spans();
  private long rows;
  private long completions;
  private long promptTokens;
  private long completionTokens;
  private double deviceSeconds;

  private Tally() {}

  private static final class Engine {
    private final Spans wall = new Spans();
    private long rows;
    private long tokens;
    private double deviceSeconds;
  }

  static Tally of(Dataset<Row> rows) {
    Tally tally = new Tally();
    Column index = Columns.of(OutputColumn.SEQUENCE_INDEX);
    rows.groupBy(
            Columns.of(OutputColumn.EXECUTOR_ID),
            Columns.of(OutputColumn.DEVICE),
            Columns.of(OutputColumn.CHUNK),
            Columns.of(OutputColumn.STATUS),
            Columns.of(OutputColumn.ERROR_CODE),
            Columns.of(OutputColumn.FINISH_REASON))
        .agg(
            count(lit(1)),
            orZero(sum(when(index.equalTo(0), Columns.of(OutputColumn.PROMPT_TOKENS)))),
            orZero(sum(Columns.of(OutputColumn.COMPLETION_TOKENS))),
            orZero(sum(Columns.of(OutputColumn.DEVICE_MS))).cast(DataTypes.DoubleType),
            min(Columns.of(OutputColumn.STARTED_AT)).cast(DataTypes.DoubleType),
            max(Columns.of(OutputColumn.FINISHED_AT)).cast(DataTypes.DoubleType))
        .orderBy("executor_id", "device")
        .collectAsList()
        .forEach(tally::add);
    return tally;
  }

  private void add(Row group) {
    long count = group.getLong(6);
    rows += count;
    promptTokens += group.getLong(7);
    completionTokens += group.getLong(8);
    deviceSeconds += group.getDouble(9) / 1000;
    wall.add(group.getDouble(10), group.getDouble(11));
    if (group.getString(3).equals("ok")) {
      completions += count;
      finishReasons.merge(group.getString(5), count, Long::sum);
    } else {
      errors.merge(group.getString(4), count, Long::sum);
    }
    Engine engine =
        engines.computeIfAbsent(
            List.of(group.getString(0), group.getString(1)), unused -> new Engine());
    engine.rows += count;
    engine.tokens += group.getLong(8);
    engine.deviceSeconds += group.getDouble(9) / 1000;
    engine.wall.add(group.getDouble(10), group.getDouble(11));
  }

  long rows() {
    return rows;
  }

  long completions() {
    return completions;
  }

  Map<String, Long> errors() {
    return errors;
  }

  Map<String, Long> finishReasons() {
    return finishReasons;
  }

  long promptTokens() {
    return promptTokens;
  }

  long completionTokens() {
    return completionTokens;
  }

  double deviceSeconds() {
    return deviceSeconds;
  }

  double wallSeconds() {
    return wall.covered();
  }

  List<Summary.EngineShare> engines() {
    return engines.entrySet().stream()
        .map(
            entry -> {
              Engine engine = entry.getValue();
              double seconds = engine.wall.covered();
              return new Summary.EngineShare(
                  entry.getKey().get(0),
                  entry.getKey().get(1),
                  engine.rows,
                  engine.tokens,
                  seconds,
                  perSecond((double) engine.tokens, seconds),
                  perSecond(engine.deviceSeconds, seconds));
            })
        .toList();
  }

  static double perSecond(double amount, double seconds) {
    return seconds > 0 ? amount / seconds : 0;
  }

  private static Column orZero(Column column) {
    return coalesce(column, lit(0));
  }
}
