package org.yukiguni.report;

import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.spark.OutputColumn;

/** Counts what a run has written: a few passes over few columns, none of them a text. */
public final class SummaryReader {
  private static final int SLOWEST = 5;

  private SummaryReader() {}

  /** Counts. */
  public static Summary read(Output output) {
    RunFacts run = output.run();
    Dataset<Row> rows = output.rows();
    Tally tally = Tally.of(rows);
    Row latencies =
        rows.agg(
                Columns.percentiles(OutputColumn.FIRST_TOKEN_MS),
                Columns.percentiles(OutputColumn.TOTAL_MS))
            .head();
    double wall = tally.wallSeconds();
    List<Summary.EngineShare> engines = tally.engines();
    return new Summary(
        run.job(),
        run.runId(),
        run.model(),
        run.modelRevision(),
        run.rowsIn(),
        tally.rows(),
        doubled(rows, tally.rows()),
        run.rowsExpected(),
        run.chunks(),
        run.chunksDone(),
        tally.completions(),
        tally.errors(),
        tally.errors().isEmpty() ? Map.of() : examples(rows),
        tally.finishReasons(),
        tally.promptTokens(),
        tally.completionTokens(),
        wall,
        Tally.perSecond((double) tally.completionTokens(), wall),
        tally.deviceSeconds(),
        Tally.perSecond(tally.deviceSeconds(), wall * engines.size()),
        Columns.percentiles(latencies, 0),
        Columns.percentiles(latencies, 1),
        engines,
        slowest(rows),
        cost(run, tally, engines.size()));
  }

  private static long doubled(Dataset<Row> rows, long count) {
    Column[] key = {Columns.of(OutputColumn.ID), Columns.of(OutputColumn.SEQUENCE_INDEX)};
    // Hashes of 64 bits are quicker to tell apart than texts; only if two are equal, by chance or
    // not, do the texts decide.
    if (rows.agg(count_distinct(xxhash64(key))).head().getLong(0) == count) {
      return 0;
    }
    return count - rows.select(key).distinct().count();
  }

  private static Map<String, Summary.Example> examples(Dataset<Row> rows) {
    Map<String, Summary.Example> examples = new TreeMap<>();
    Column code = Columns.of(OutputColumn.ERROR_CODE);
    Column id = Columns.of(OutputColumn.ID);
    for (Row row :
        rows.where(code.isNotNull())
            .groupBy(code)
            .agg(min_by(struct(id, Columns.of(OutputColumn.ERROR_MESSAGE)), id))
            .collectAsList()) {
      Row example = row.getStruct(1);
      examples.put(
          row.getString(0), new Summary.Example(example.getString(0), example.getString(1)));
    }
    return examples;
  }

  private static List<Summary.SlowRow> slowest(Dataset<Row> rows) {
    Column total = Columns.of(OutputColumn.TOTAL_MS);
    return rows
        .where(total.isNotNull().and(Columns.of(OutputColumn.PROMPT_TOKENS).isNotNull()))
        .orderBy(total.desc(), Columns.of(OutputColumn.ID), Columns.of(OutputColumn.SEQUENCE_INDEX))
        .select(
            Columns.of(OutputColumn.ID),
            Columns.of(OutputColumn.SEQUENCE_INDEX),
            total,
            Columns.of(OutputColumn.QUEUE_MS),
            Columns.of(OutputColumn.PROMPT_TOKENS),
            Columns.of(OutputColumn.COMPLETION_TOKENS),
            Columns.of(OutputColumn.EXECUTOR_ID),
            Columns.of(OutputColumn.DEVICE))
        .takeAsList(SLOWEST)
        .stream()
        .map(
            row ->
                new Summary.SlowRow(
                    row.getString(0),
                    row.getInt(1),
                    row.getDouble(2),
                    row.getDouble(3),
                    row.getInt(4),
                    row.isNullAt(5) ? null : row.getInt(5),
                    row.getString(6),
                    row.getString(7)))
        .toList();
  }

  /** Engines that wait for others are paid too, so the whole wall time counts for each. */
  private static Summary.Cost cost(RunFacts run, Tally tally, int engines) {
    if (run.engineHourCost() == null) {
      return null;
    }
    double hours = tally.wallSeconds() * engines / 3600;
    double total = hours * run.engineHourCost();
    return new Summary.Cost(
        hours,
        total,
        tally.completionTokens() == 0 ? null : 1000 * total / tally.completionTokens(),
        tally.rows() == 0 ? null : total / tally.rows());
  }
}
