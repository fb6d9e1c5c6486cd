package org.yukiguni.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The file {@code run.json}: what a run is. It is written when the plan is complete, so a run
 * without it is one whose planning was broken off.
 *
 * @param runId names the run's folders
 * @param jobName as in the job
 * @param identity what must be the same in a job that goes on with it
 * @param model as in the job
 * @param modelRevision tells contents of the model apart
 * @param rowsExpected output rows when it is done: the sum of {@code num_return_sequences}
 * @param maxErrorRatio share of completions that may fail
 * @param input what the input was when the plan was made
 * @param engineHourCost what an hour of one engine costs; null if the job does not say it
 * @param chunkRows prompts of each chunk; a hash deals them out, so some may be empty
 * @param planSchema of the plan's files, in Spark's JSON
 * @param hasTwins whether equal requests are among the prompts that give equal tokens
 * @param versions of the programs that planned it
 * @param startedAt when planning began, in ISO 8601
 */
record RunRecord(
    String runId,
    String jobName,
    Map<String, String> identity,
    String model,
    String modelRevision,
    long rowsExpected,
    double maxErrorRatio,
    InputMark input,
    Double engineHourCost,
    List<Long> chunkRows,
    String planSchema,
    boolean hasTwins,
    Map<String, String> versions,
    String startedAt) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT);

  RunRecord {
    // What a damaged file lacks is told when it is read, and not in the middle of a run.
    if (Stream.of(runId, jobName, model, input, startedAt).anyMatch(Objects::isNull)
        || Stream.of(identity, versions)
            .anyMatch(map -> map == null || map.values().stream().anyMatch(Objects::isNull))
        || chunkRows == null
        || chunkRows.isEmpty()
        || chunkRows.stream().anyMatch(rows -> rows == null || rows < 0)) {
      throw new IllegalArgumentException("a value is missing or wrong");
    }
    parsed(planSchema);
  }

  private static StructType parsed(String schema) {
    try {
      return (StructType) DataType.fromJson(schema);
    } catch (Exception e) {
      // Whatever json4s and Jackson throw; Scala declares nothing.
      throw new IllegalArgumentException("plan_schema is none", e);
    }
  }

  /** The columns of the plan's files. */
  StructType plan() {
    return parsed(planSchema);
  }

  /** Number of chunks. */
  int chunks() {
    return chunkRows.size();
  }

  /** Number of prompts. */
  long rows() {
    return chunkRows.stream().mapToLong(Long::longValue).sum();
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write run " + runId + " as JSON", e);
    }
  }

  /** Reads what {@link #json} wrote. */
  static RunRecord parse(String json, String where) {
    try {
      return JSON.readValue(json, RunRecord.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Cannot read %s because %s; set output.mode: overwrite or choose another output.path"
              .formatted(where, e.getOriginalMessage()),
          e);
    }
  }
}
