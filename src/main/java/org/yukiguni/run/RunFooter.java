package org.yukiguni.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.spark.OutputColumn;

/**
 * What it takes to repeat a run, in the footer of each of its files, so that a file that was copied
 * elsewhere still says it. It is metadata of the column {@code id}: Spark's Parquet writer puts the
 * schema with its metadata into the footer, under {@code
 * org.apache.spark.sql.parquet.row.metadata}.
 *
 * @param runId of the run
 * @param jobName as in the job
 * @param modelRevision tells contents of the model apart
 * @param versions of the programs that planned it
 * @param job the effective job as YAML, secrets hidden
 */
record RunFooter(
    String runId, String jobName, String modelRevision, Map<String, String> versions, String job) {
  static final String KEY = "yukiguni";

  private static final String COLUMN = OutputColumn.ID.columnName();
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  /** That of a run which still has its own files. */
  static RunFooter of(RunFolder folder, RunRecord run) {
    return new RunFooter(
        run.runId(),
        run.jobName(),
        run.modelRevision(),
        run.versions(),
        folder.readNote(Planner.JOB_NOTE));
  }

  /** The rows, with this in the footers of the files to which they are written. */
  Dataset<Row> on(Dataset<Row> rows) {
    Metadata before = rows.schema().apply(COLUMN).metadata();
    try {
      return rows.withMetadata(
          COLUMN,
          new MetadataBuilder()
              .withMetadata(before)
              .putString(KEY, JSON.writeValueAsString(this))
              .build());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write run " + runId + " as JSON", e);
    }
  }

  /** What the footer of a file says; empty if it is none of ours. */
  static Optional<RunFooter> of(StructType file) {
    if (!file.getFieldIndex(COLUMN).isDefined() || !file.apply(COLUMN).metadata().contains(KEY)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          JSON.readValue(file.apply(COLUMN).metadata().getString(KEY), RunFooter.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Cannot read the footer's " + KEY + " because " + e.getOriginalMessage(), e);
    }
  }
}
