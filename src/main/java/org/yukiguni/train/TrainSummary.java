package org.yukiguni.train;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.TrainJob;

/** What a training has written, in a few lines with its loss curve. */
final class TrainSummary {
  private static final int COLUMNS = 60;
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private TrainSummary() {}

  static void print(SparkSession spark, TrainFolder folder, TrainJob job, PrintStream out) {
    List<Row> rows =
        spark
            .read()
            .schema(StepRecord.SCHEMA)
            .parquet(folder.log().toString())
            .orderBy("step")
            .collectAsList();
    double[] losses = rows.stream().mapToDouble(row -> row.<Double>getAs("loss")).toArray();
    double seconds = rows.stream().mapToDouble(row -> row.<Double>getAs("seconds")).sum();
    long tokens = rows.stream().mapToLong(row -> row.<Long>getAs("tokens")).sum();
    out.println(job.name() + ": " + folder.adapter());
    out.printf(
        Locale.ROOT,
        "steps        %,d, %,d tokens in %,.1f s: %,.1f tokens/s, %.2f steps/s%n",
        rows.size(),
        tokens,
        seconds,
        tokens / seconds,
        rows.size() / seconds);
    out.printf(Locale.ROOT, "loss         %s%n", curve(losses));
    List<Row> measured = rows.stream().filter(row -> !row.isNullAt(8)).toList();
    if (!measured.isEmpty()) {
      double[] held = measured.stream().mapToDouble(row -> row.getDouble(8)).toArray();
      out.printf(Locale.ROOT, "held back    %s%n", curve(held));
    }
  }

  /** First value, a bar for the mean of each stretch, last value. */
  static String curve(double[] values) {
    int columns = Math.min(COLUMNS, values.length);
    double[] means = new double[columns];
    double least = Double.MAX_VALUE;
    double most = -Double.MAX_VALUE;
    for (int c = 0; c < columns; c++) {
      int from = c * values.length / columns;
      int to = (c + 1) * values.length / columns;
      for (int i = from; i < to; i++) {
        means[c] += values[i] / (to - from);
      }
      least = Math.min(least, means[c]);
      most = Math.max(most, means[c]);
    }
    StringBuilder bars = new StringBuilder();
    for (double mean : means) {
      double share = most > least ? (mean - least) / (most - least) : 0;
      bars.append(BARS.charAt((int) Math.round(share * (BARS.length() - 1))));
    }
    return String.format(Locale.ROOT, "%.4f %s %.4f", values[0], bars, values[values.length - 1]);
  }
}
