package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.report.TerminalText;
import org.yukiguni.spark.Counters;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.OutputSchema;
import org.yukiguni.spark.PlanColumn;

/** Generates a sample of a run's rows again, from its plan, and compares them with its output. */
public final class Verification {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHOWN = 5;

  private final SparkSession spark;
  private final RunFolder folder;
  private final RunRecord run;

  private Verification(SparkSession spark, RunFolder folder) {
    this.spark = spark;
    this.folder = folder;
    this.run = folder.record().orElseThrow();
  }

  /**
   * Looks at the newest run of an output folder.
   *
   * @throws org.yukiguni.job.InvalidJobException if there is none
   */
  public static Verification ofNewest(SparkSession spark, String outputPath) {
    return new Verification(spark, FinishedRuns.newestFolder(spark, outputPath));
  }

  /** The run's job as YAML, secrets hidden. */
  public String job() {
    return folder.readNote(Planner.JOB_NOTE);
  }

  /**
   * Compares and prints.
   *
   * @param request the run's job, resolved again
   * @param rows how many prompts to look at
   * @param seed chooses them
   * @return TOO_MANY_ERRORS if a row differs
   */
  public ExitCode run(RunRequest request, int rows, long seed, PrintStream out) {
    OutputSchema schema = OutputSchema.withTokenIds(FinishedRuns.kept(run));
    Dataset<Row> sample = sample(rows, seed).cache();
    Map<String, Row> now =
        byKey(
            sample.mapPartitions(
                request.partition(
                    schema, Counters.register(spark.sparkContext(), "verify " + run.runId())),
                Encoders.row(schema.schema())));
    Map<String, Row> before = byKey(stored(schema.schema(), sample));
    List<String> different = new ArrayList<>();
    int errors = 0;
    for (Map.Entry<String, Row> entry : now.entrySet()) {
      Row was = before.get(entry.getKey());
      if (was != null && isError(was)) {
        errors++;
      } else if (was == null || !isSame(was, entry.getValue())) {
        different.add(entry.getKey());
      }
    }
    print(out, request, now.size(), errors, different);
    sample.unpersist();
    return different.isEmpty() ? ExitCode.OK : ExitCode.TOO_MANY_ERRORS;
  }

  private Dataset<Row> sample(int rows, long seed) {
    Object[] done = Arrays.stream(folder.doneChunks(run)).boxed().toArray();
    return Planner.read(spark, folder, run.plan())
        .where(col("chunk").isin(done))
        .where(col(PlanColumn.ERROR_CODE.columnName()).isNull())
        .drop("chunk")
        .orderBy(xxhash64(col(PlanColumn.ID.columnName()), lit(seed)))
        .limit(rows);
  }

  private Dataset<Row> stored(StructType schema, Dataset<Row> sample) {
    String id = PlanColumn.ID.columnName();
    String[] chunks =
        Arrays.stream(folder.doneChunks(run))
            .mapToObj(chunk -> folder.chunk(chunk).toString())
            .toArray(String[]::new);
    return spark
        .read()
        .schema(schema)
        .parquet(chunks)
        .join(sample.select(id), new String[] {id}, "left_semi");
  }

  private static Map<String, Row> byKey(Dataset<Row> rows) {
    Map<String, Row> byKey = new TreeMap<>();
    for (Row row : rows.collectAsList()) {
      byKey.put(value(row, OutputColumn.ID) + "/" + value(row, OutputColumn.SEQUENCE_INDEX), row);
    }
    return byKey;
  }

  private static boolean isError(Row row) {
    return value(row, OutputColumn.COMPLETION) == null;
  }

  /** Token ids are compared where they were written; else what stands for them. */
  private static boolean isSame(Row was, Row is) {
    for (OutputColumn column :
        List.of(
            OutputColumn.COMPLETION,
            OutputColumn.COMPLETION_TOKENS,
            OutputColumn.FINISH_REASON,
            OutputColumn.STOP_REASON)) {
      if (!Objects.equals(value(was, column), value(is, column))) {
        return false;
      }
    }
    Object tokens = value(was, OutputColumn.TOKEN_IDS);
    return tokens == null || tokens.equals(value(is, OutputColumn.TOKEN_IDS));
  }

  private static Object value(Row row, OutputColumn column) {
    return row.getAs(column.columnName());
  }

  private void print(
      PrintStream out, RunRequest request, int rows, int errors, List<String> different) {
    Map<String, String> before = environment(run.versions(), run.modelRevision());
    Map<String, String> now = environment(Environment.of(spark), request.modelRevision());
    out.printf(
        "%s, run %s: %d completions generated again, %d equal, %d different, %d not compared because the run has errors there%n",
        run.jobName(),
        run.runId(),
        rows,
        rows - errors - different.size(),
        different.size(),
        errors);
    for (String key : different.subList(0, Math.min(SHOWN, different.size()))) {
      out.println("different: " + TerminalText.oneLine(key));
    }
    now.forEach(
        (name, value) ->
            out.printf(
                "%-10s %s%s%n",
                name,
                value,
                value.equals(before.get(name)) ? "" : ", the run had " + before.get(name)));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("run_id", run.runId());
    json.put("completions", rows);
    json.put("equal", rows - errors - different.size());
    json.put("different", different.size());
    json.put("errors", errors);
    json.put("environment_of_run", before);
    json.put("environment_now", now);
    try {
      out.println(TerminalText.json(JSON.writeValueAsString(json)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the verification as JSON", e);
    }
    out.flush();
  }

  private static Map<String, String> environment(Map<String, String> versions, String revision) {
    Map<String, String> all = new TreeMap<>(versions);
    all.put("model", String.valueOf(revision));
    return all;
  }
}
