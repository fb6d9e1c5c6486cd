package org.yukiguni.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.yukiguni.spark.OutputColumn;

/**
 * How often a column has which values: bars of a round width from 0, wide enough that 99 of 100
 * values have their bar; the last bar holds the rest.
 *
 * @param column whose values
 * @param step width of a bar
 * @param counts of each bar; empty if the column has no value
 */
record Histogram(OutputColumn column, double step, long[] counts) {
  private static final int BARS = 24;

  /** Of several columns, in two passes. */
  static List<Histogram> of(Dataset<Row> rows, OutputColumn... columns) {
    Column[] tops =
        Arrays.stream(columns)
            .map(c -> percentile_approx(Columns.of(c), lit(0.99), lit(1000)))
            .toArray(Column[]::new);
    Row top = rows.select(tops).head();
    List<Histogram> histograms = new ArrayList<>();
    List<Column> places = new ArrayList<>();
    for (int i = 0; i < columns.length; i++) {
      boolean isEmpty = top.isNullAt(i);
      double step = isEmpty ? 1 : step(((Number) top.get(i)).doubleValue());
      histograms.add(new Histogram(columns[i], step, new long[isEmpty ? 0 : BARS + 1]));
      places.add(
          struct(
              lit(i).as("which"),
              least(floor(Columns.of(columns[i]).divide(step)), lit(BARS))
                  .cast(DataTypes.IntegerType)
                  .as("bar")));
    }
    for (Row row :
        rows.select(explode(array(places.toArray(Column[]::new))).as("place"))
            .where(col("place.bar").isNotNull())
            .groupBy("place")
            .count()
            .collectAsList()) {
      Row place = row.getStruct(0);
      histograms.get(place.getInt(0)).counts[place.getInt(1)] = row.getLong(1);
    }
    return histograms;
  }

  /** The least of 1, 2, 2.5, 5 times a power of ten with which {@link #BARS} bars reach a value. */
  static double step(double top) {
    if (top <= 0) {
      return 1;
    }
    double least = top / BARS * 1.0001;
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 2.5, 5}) {
      if (power * factor >= least) {
        return power * factor;
      }
    }
    return 10 * power;
  }
}
