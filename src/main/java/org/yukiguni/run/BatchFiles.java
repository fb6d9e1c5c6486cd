package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.struct;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.RowSettings;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.PlanColumn;

/**
 * A run's answers as OpenAI's Batch API gives them: {@code output.jsonl} with those that succeeded
 * and {@code errors.jsonl} with the others, a line for each request, by custom_id. Made of the
 * finished Parquet and made anew by each call.
 */
final class BatchFiles {
  static final String OUTPUT = "output.jsonl";
  static final String ERRORS = "errors.jsonl";

  private BatchFiles() {}

  /** Writes both files into a folder; returns it. */
  static Path write(SparkSession spark, RunFolder folder, RunRecord run, RowSettings settings) {
    Iterator<Row> lines =
        requests(spark, folder, run)
            .orderBy("id")
            .map(new BatchAnswer(run.runId(), settings), Encoders.row(BatchAnswer.TYPE))
            .toLocalIterator();
    Path target = folder.batchAnswers();
    try {
      FileSystem files = target.getFileSystem(spark.sparkContext().hadoopConfiguration());
      try (Writer output = writer(files, new Path(target, OUTPUT));
          Writer errors = writer(files, new Path(target, ERRORS))) {
        while (lines.hasNext()) {
          Row line = lines.next();
          (line.getBoolean(0) ? errors : output).append(line.getString(1)).append('\n');
        }
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + target + " because " + e.getMessage(), e);
    }
  }

  private static Writer writer(FileSystem files, Path file) throws IOException {
    return new BufferedWriter(new OutputStreamWriter(files.create(file, true), UTF_8));
  }

  /** A row for each request: its id, url, own settings, and its completions in order. */
  private static Dataset<Row> requests(SparkSession spark, RunFolder folder, RunRecord run) {
    Dataset<Row> plan =
        Planner.read(spark, folder, run)
            .select(
                col(PlanColumn.ID.columnName()).as("plan_id"),
                col(PlanColumn.GENERATION.columnName()).as(BatchAnswer.SETTINGS));
    Column[] parts =
        Arrays.stream(BatchAnswer.COMPLETION)
            .map(column -> col(column.columnName()))
            .toArray(Column[]::new);
    Dataset<Row> rows = FinishedRuns.of(spark, folder, run).rows();
    return rows.join(plan, rows.col(OutputColumn.ID.columnName()).equalTo(plan.col("plan_id")))
        .groupBy(col(OutputColumn.ID.columnName()))
        .agg(
            first(BatchAnswer.URL).as(BatchAnswer.URL),
            first(BatchAnswer.SETTINGS).as(BatchAnswer.SETTINGS),
            array_sort(collect_list(struct(parts))).as(BatchAnswer.COMPLETIONS));
  }
}
