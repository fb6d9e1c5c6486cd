package org.yukiguni.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile_approx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.yukiguni.spark.OutputColumn;

/** The expressions that the questions share. */
final class Columns {
  private static final int[] PERCENTILES = {50, 90, 99};
  private static final double[] SHARES = {0.5, 0.9, 0.99};
  private static final int ACCURACY = 10_000;

  private Columns() {}

  static Column of(OutputColumn column) {
    return col(column.columnName());
  }

  /** A timestamp in seconds, with its fraction. */
  static Column seconds(OutputColumn timestamp) {
    return of(timestamp).cast(DataTypes.DoubleType);
  }

  /** What tells engines apart: executor and device. */
  static Column engine() {
    return concat_ws(" ", of(OutputColumn.EXECUTOR_ID), of(OutputColumn.DEVICE));
  }

  static Column percentiles(OutputColumn column) {
    return percentile_approx(of(column), lit(SHARES), lit(ACCURACY));
  }

  /** The value of {@link #percentiles} at an index of a row, by name; empty if there is none. */
  static Map<String, Double> percentiles(Row row, int index) {
    Map<String, Double> named = new LinkedHashMap<>();
    if (!row.isNullAt(index)) {
      List<Double> values = row.getList(index);
      for (int i = 0; i < PERCENTILES.length; i++) {
        named.put("p" + PERCENTILES[i], values.get(i));
      }
    }
    return named;
  }
}
