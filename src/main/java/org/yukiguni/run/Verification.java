package org.yukiguni.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
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
  private static final String ID = PlanColumn.ID.columnName();

  private final SparkSession spark;
  private final RunFooter run;
  private final Evidence evidence;

  private Verification(SparkSession spark, RunFooter run, Evidence evidence) {
    this.spark = spark;
    this.run = run;
    this.evidence = evidence;
  }

  /** Where a run's requests and its output are looked up. */
  interface Evidence {
    /** Input columns that the output keeps. */
    List<StructField> kept();

    /** Rows of the plan, so many of those without an error; other ones for another seed. */
    Dataset<Row> sample(RunRequest request, int rows, long seed);

    /** All output rows. */
    Dataset<Row> output(StructType schema);
  }

  /**
   * Looks at the newest run of an output folder; if the folder holds files of ours and no record of
   * a run, at the files alone, whose footers say what is needed.
   *
   * @throws org.yukiguni.job.InvalidJobException if there is neither
   */
  public static Verification ofNewest(SparkSession spark, String outputPath) {
    Optional<RunFolder> newest = FinishedRuns.newestFolder(spark, outputPath);
    if (newest.isPresent()) {
      RunRecord run = newest.get().record().orElseThrow();
      return new Verification(
          spark, RunFooter.of(newest.get(), run), new PlanEvidence(spark, newest.get(), run));
    }
    FileEvidence files = FileEvidence.in(spark, outputPath);
    return new Verification(spark, files.run(), files);
  }

  /** The run's job as YAML, secrets hidden. */
  public String job() {
    return run.job();
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
    OutputSchema schema = OutputSchema.withTokenIds(evidence.kept());
    Dataset<Row> sample = evidence.sample(request, rows, seed).cache();
    Map<String, Row> now =
        byKey(
            sample.mapPartitions(
                request.partition(
                    schema, Counters.register(spark.sparkContext(), "verify " + run.runId())),
                Encoders.row(schema.schema())));
    Map<String, Row> before =
        byKey(
            evidence
                .output(schema.schema())
                .join(sample.select(ID), new String[] {ID}, "left_semi"));
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
