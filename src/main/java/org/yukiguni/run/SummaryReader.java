package org.yukiguni.run;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.OutputSchema;

/** Counts what a run has written, from the Parquet files of its finished chunks. */
final class SummaryReader {
  private static final int[] PERCENTILES = {50, 90, 99};

  private final SparkSession spark;

  SummaryReader(SparkSession spark) {
    this.spark = spark;
  }

  /** The output rows of a run's finished chunks, without kept columns; empty if none is done. */
  Optional<Dataset<Row>> rows(RunFolder folder, RunRecord run) {
    String[] chunks =
        Arrays.stream(folder.doneChunks(run))
            .mapToObj(chunk -> folder.chunk(chunk).toString())
            .toArray(String[]::new);
    return chunks.length == 0
        ? Optional.empty()
        : Optional.of(
            spark
                .read()
                .schema(
                    OutputSchema.of(List.of())
                        .schema()
                        .add(OutputColumn.CHUNK.columnName(), DataTypes.IntegerType))
                .option("basePath", folder.results().toString())
                .parquet(chunks));
  }

  /**
   * Counts.
   *
   * @throws RunBrokenException if a row is there twice
   */
  Summary read(RunFolder folder, RunRecord run) {
    Dataset<Row> rows =
        rows(folder, run)
            .orElseGet(
                () ->
                    spark.createDataFrame(
                        List.of(),
                        OutputSchema.of(List.of())
                            .schema()
                            .add(OutputColumn.CHUNK.columnName(), DataTypes.IntegerType)));
    Row totals = totals(rows);
    long rowsOut = totals.getLong(0);
    refuseDoubles(run, rowsOut, totals.getLong(1));
    double wall = wallSeconds(rows);
    long tokens = totals.getLong(4);
    double busy = totals.getDouble(5) / 1000;
    long devices = totals.getLong(6);
    return new Summary(
        run.jobName(),
        run.runId(),
        run.model(),
        run.modelRevision(),
        run.rows(),
        rowsOut,
        run.completionsPerRow(),
        run.chunks(),
        folder.doneChunks(run).length,
        totals.getLong(2),
        counts(rows, OutputColumn.ERROR_CODE),
        counts(rows, OutputColumn.FINISH_REASON),
        totals.getLong(3),
        tokens,
        wall,
        wall > 0 ? tokens / wall : 0,
        busy,
        wall > 0 ? busy / (wall * devices) : 0,
        percentiles(totals));
  }

  private static Row totals(Dataset<Row> rows) {
    Column index = name(OutputColumn.SEQUENCE_INDEX);
    return rows.agg(
            count(lit(1)),
            countDistinct(name(OutputColumn.ID), index),
            count(when(name(OutputColumn.STATUS).equalTo("ok"), 1)),
            orZero(sum(when(index.equalTo(0), name(OutputColumn.PROMPT_TOKENS)))),
            orZero(sum(name(OutputColumn.COMPLETION_TOKENS))),
            orZero(sum(name(OutputColumn.DEVICE_MS))).cast(DataTypes.DoubleType),
            countDistinct(name(OutputColumn.EXECUTOR_ID), name(OutputColumn.DEVICE)),
            percentile_approx(
                name(OutputColumn.TOTAL_MS),
                lit(Arrays.stream(PERCENTILES).mapToDouble(p -> p / 100.0).toArray()),
                lit(10_000)))
        .head();
  }

  private static void refuseDoubles(RunRecord run, long rows, long distinct) {
    if (rows != distinct) {
      throw new RunBrokenException(
          "Cannot trust run %s because %d of its %d rows are there more than once; set output.mode: overwrite and run it again"
              .formatted(run.runId(), rows - distinct, rows));
    }
  }

  private static Map<String, Long> counts(Dataset<Row> rows, OutputColumn column) {
    Map<String, Long> counts = new LinkedHashMap<>();
    Column value = name(column);
    for (Row row :
        rows.where(value.isNotNull()).groupBy(value).count().orderBy(value).collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return counts;
  }

  /** The time covered by the chunks' spans; chunks overlap, and a resume leaves a gap. */
  private static double wallSeconds(Dataset<Row> rows) {
    Column start = min(name(OutputColumn.STARTED_AT)).cast(DataTypes.DoubleType);
    Column end = max(name(OutputColumn.FINISHED_AT)).cast(DataTypes.DoubleType);
    double covered = 0;
    double until = Double.NEGATIVE_INFINITY;
    for (Row span :
        rows.groupBy(name(OutputColumn.CHUNK))
            .agg(start.as("start"), end.as("end"))
            .orderBy("start")
            .collectAsList()) {
      covered += Math.max(0, span.getDouble(2) - Math.max(until, span.getDouble(1)));
      until = Math.max(until, span.getDouble(2));
    }
    return covered;
  }

  private static Map<String, Double> percentiles(Row totals) {
    Map<String, Double> named = new LinkedHashMap<>();
    if (!totals.isNullAt(7)) {
      List<Double> values = totals.getList(7);
      for (int i = 0; i < PERCENTILES.length; i++) {
        named.put("p" + PERCENTILES[i], values.get(i));
      }
    }
    return named;
  }

  private static Column orZero(Column column) {
    return coalesce(column, lit(0));
  }

  private static Column name(OutputColumn column) {
    return col(column.columnName());
  }
}
