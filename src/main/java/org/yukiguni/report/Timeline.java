package org.yukiguni.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.yukiguni.spark.OutputColumn;

/**
 * What ran when: a run's time cut into equal parts, and for each engine the means over each part. A
 * completion counts evenly from the first step that carried its prompt until its end.
 *
 * <p>The sums are those of a sweep: a completion is an event that adds its rates at its start and
 * one that takes them away at its end. Since {@code sum(sign (T - t) rate)} over all events before
 * T is the integral up to T, two sums for each part give the integral at every border exactly,
 * however many parts a completion lasts.
 *
 * @param startSeconds the beginning, in seconds since 1970
 * @param partSeconds length of a part
 * @param engines what each engine did, by name
 */
record Timeline(double startSeconds, double partSeconds, Map<String, Series> engines) {
  static final int PARTS = 120;

  /**
   * Means over each part.
   *
   * @param running completions in work
   * @param tokensPerSecond completion tokens
   * @param busy share of the time in which a step ran, 0 to 1
   */
  record Series(double[] running, double[] tokensPerSecond, double[] busy) {}

  static Timeline of(Dataset<Row> rows) {
    Column millis = greatest(lit(0), coalesce(Columns.of(OutputColumn.QUEUE_MS), lit(0)));
    Dataset<Row> spans =
        rows.where(Columns.of(OutputColumn.TOTAL_MS).isNotNull())
            .select(
                Columns.engine().as("engine"),
                Columns.seconds(OutputColumn.STARTED_AT).plus(millis.divide(1000)).as("from"),
                Columns.seconds(OutputColumn.FINISHED_AT).as("to"),
                Columns.of(OutputColumn.COMPLETION_TOKENS).as("tokens"),
                Columns.of(OutputColumn.DEVICE_MS).divide(1000).as("device_s"));
    Row range = spans.agg(min("from"), max("to")).head();
    if (range.isNullAt(0)) {
      return new Timeline(0, 1, Map.of());
    }
    double start = range.getDouble(0);
    double part = Math.max(1e-3, (range.getDouble(1) - start) / PARTS);
    Timeline timeline = new Timeline(start, part, new TreeMap<>());
    timeline.integrate(events(spans, start, part));
    return timeline;
  }

  /** For each engine and part: the sums over its events of sign x rate, and of that x time. */
  private static List<Row> events(Dataset<Row> spans, double start, double part) {
    Column from = col("from").minus(start);
    Column seconds = greatest(col("to").minus(col("from")), lit(1e-3));
    Column to = from.plus(seconds);
    Column time = col("event.t");
    Column sign = col("event.sign");
    List<Column> sums = new ArrayList<>();
    for (Column rate :
        List.of(
            lit(1.0),
            coalesce(col("tokens"), lit(0)).divide(seconds),
            coalesce(col("device_s"), lit(0)).divide(seconds))) {
      sums.add(sum(sign.multiply(rate)));
      sums.add(sum(sign.multiply(rate).multiply(time)));
    }
    return spans
        .withColumn("event", explode(array(event(from, 1), event(to, -1))))
        .groupBy(
            col("engine"),
            least(floor(time.divide(part)), lit(PARTS - 1)).cast(DataTypes.IntegerType))
        .agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new))
        .collectAsList();
  }

  private static Column event(Column time, int sign) {
    return struct(time.as("t"), lit(sign).as("sign"));
  }

  private void integrate(List<Row> events) {
    Map<String, double[][]> sums = new TreeMap<>();
    for (Row row : events) {
      double[][] ofEngine = sums.computeIfAbsent(row.getString(0), name -> new double[6][PARTS]);
      for (int i = 0; i < 6; i++) {
        ofEngine[i][row.getInt(1)] = row.getDouble(2 + i);
      }
    }
    sums.forEach(
        (engine, s) ->
            engines.put(
                engine, new Series(means(s[0], s[1]), means(s[2], s[3]), means(s[4], s[5]))));
  }

  private double[] means(double[] rates, double[] rateTimes) {
    double[] means = new double[PARTS];
    double rate = 0;
    double rateTime = 0;
    double before = 0;
    for (int i = 0; i < PARTS; i++) {
      rate += rates[i];
      rateTime += rateTimes[i];
      double integral = (i + 1) * partSeconds * rate - rateTime;
      means[i] = Math.max(0, (integral - before) / partSeconds);
      before = integral;
    }
    return means;
  }

  /** All engines together. */
  Series total() {
    Series total = new Series(new double[PARTS], new double[PARTS], new double[PARTS]);
    for (Series series : engines.values()) {
      Arrays.setAll(total.running, i -> total.running[i] + series.running[i]);
      Arrays.setAll(
          total.tokensPerSecond, i -> total.tokensPerSecond[i] + series.tokensPerSecond[i]);
      Arrays.setAll(total.busy, i -> total.busy[i] + series.busy[i]);
    }
    return total;
  }
}
