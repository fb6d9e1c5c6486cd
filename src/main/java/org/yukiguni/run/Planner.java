package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;

import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.prompt.PromptColumn;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.OutputSchema;
import org.yukiguni.spark.PlacementProbe;
import org.yukiguni.spark.PlanColumn;
import org.yukiguni.spark.RequestHash;
import org.yukiguni.spark.TokenizePartition;

/**
 * Makes the plan of a run: the prompts as they are now, tokenised once, dealt into chunks by a hash
 * of their ids. What comes later, and a resume tomorrow, reads the plan and never the input.
 */
final class Planner implements RunChoice.Inputs {
  private static final System.Logger LOG = System.getLogger(Planner.class.getName());

  /** Name of the effective job beside the plan. */
  static final String JOB_NOTE = "job.yaml";

  /** Chunks that cost a listing, a job and a commit each; more of them save nothing. */
  private static final long MAX_AUTO_CHUNKS = 400;

  private static final String HASH = PlanColumn.REQUEST_HASH.columnName();

  private static final long MIN_AUTO_CHUNK_ROWS = 256;
  private static final long MIN_AUTO_ROWS_PER_FILE = 16;

  private final SparkSession spark;
  private final RunRequest request;

  Planner(SparkSession spark, RunRequest request) {
    this.spark = spark;
    this.request = request;
  }

  /**
   * Plans a run in a folder of its own.
   *
   * @param done what need not be done again: ids and request hashes; empty for nothing
   * @return the run, or empty if nothing is left to do; nothing is written then
   * @throws InvalidJobException if a kept column has the name of an output column, or an executor
   *     could not open the model
   */
  Optional<RunRecord> plan(
      RunFolder folder, Identity identity, Optional<Dataset<Row>> done, Instant now) {
    PlacementProbe.Answer answer =
        PlacementProbe.ask(spark, request.loader(), request.job().model().device());
    answer.reports().forEach(report -> LOG.log(Level.INFO, report));
    answer.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    answer
        .refusal()
        .ifPresent(
            sentence -> {
              throw new InvalidJobException("model: " + sentence);
            });
    Dataset<Row> prompts = request.prompts().apply(spark);
    List<StructField> kept = kept(prompts.schema());
    OutputSchema.check(kept);
    InputMark input = InputMark.of(prompts);
    Dataset<Row> left = done.map(rows -> without(prompts, rows)).orElse(prompts);
    long rows = done.isPresent() ? left.count() : input.rows();
    if (rows == 0) {
      return Optional.empty();
    }
    int chunks = numChunks(rows);
    StructType schema = PlanColumn.schema(kept);
    folder.note(JOB_NOTE, request.effectiveJob());
    snapshot(left, chunks)
        .write()
        .partitionBy("chunk")
        .mode(SaveMode.Overwrite)
        .parquet(folder.plan().toString());
    Dataset<Row> plan = read(spark, folder, schema);
    List<Row> counted = chunks(plan);
    RunRecord run =
        new RunRecord(
            folder.id(),
            request.job().name(),
            identity.keys(),
            request.job().model().path(),
            request.modelRevision(),
            counted.stream().mapToLong(row -> row.getLong(2)).sum(),
            request.job().run().maxErrorRatio(),
            input,
            request.job().report().engineHourCost(),
            chunkRows(counted, chunks),
            schema.json(),
            isGreedy() && plan.select(HASH).distinct().count() < rows,
            versions(),
            now.toString());
    folder.write(run);
    return Optional.of(run);
  }

  /** Rows whose id and request are not among those done. */
  private Dataset<Row> without(Dataset<Row> prompts, Dataset<Row> done) {
    Dataset<Row> hashed = prompts.withColumn(HASH, requestHash(request));
    return hashed
        .join(
            done,
            hashed
                .col(PlanColumn.ID.columnName())
                .equalTo(done.col(OutputColumn.ID.columnName()))
                .and(hashed.col(HASH).equalTo(done.col(OutputColumn.REQUEST_HASH.columnName()))),
            "left_anti")
        .drop(HASH);
  }

  private static Column requestHash(RunRequest request) {
    return RequestHash.of(Identity.of(request).requestKey());
  }

  /** Whether equal requests give equal tokens whatever their ids. */
  private boolean isGreedy() {
    return !request.generation().config().sampling().doSample();
  }

  /** The rows of a run's plan, with their chunk as the last column. */
  static Dataset<Row> read(SparkSession spark, RunFolder folder, RunRecord run) {
    return read(spark, folder, run.plan());
  }

  /** The plan's rows, with their chunk as the last column. */
  static Dataset<Row> read(SparkSession spark, RunFolder folder, StructType schema) {
    return spark
        .read()
        .schema(schema.add("chunk", DataTypes.IntegerType))
        .parquet(folder.plan().toString());
  }

  /** Tokens of the prompts of some chunks. */
  static long promptTokens(
      SparkSession spark, RunFolder folder, RunRecord run, List<Integer> chunks) {
    Row sum =
        read(spark, folder, run)
            .where(col("chunk").isin(chunks.toArray()))
            .agg(sum(size(col(PlanColumn.PROMPT_TOKEN_IDS.columnName()))))
            .head();
    return sum.isNullAt(0) ? 0 : sum.getLong(0);
  }

  /** The kept columns of a dataset of prompts: all after those of its own. */
  static List<StructField> kept(StructType prompts) {
    return Arrays.asList(prompts.fields()).subList(PromptColumn.values().length, prompts.length());
  }

  /** The plan's rows without chunks, computed anew whenever they are used. */
  static Dataset<Row> rows(Dataset<Row> prompts, RunRequest request) {
    int own = PromptColumn.values().length;
    List<Column> columns = new ArrayList<>();
    for (String name : prompts.columns()) {
      columns.add(col(quoted(name)));
    }
    List<Column> kept = columns.subList(own, columns.size());
    if (!kept.isEmpty()) {
      Column struct = struct(kept.toArray(Column[]::new)).as(PlanColumn.KEPT);
      kept.clear();
      columns.add(struct);
    }
    columns.add(own, requestHash(request).as(HASH));
    return TokenizePartition.plan(
        prompts.select(columns.toArray(Column[]::new)),
        kept(prompts.schema()),
        request.loader(),
        request.generation());
  }

  private Dataset<Row> snapshot(Dataset<Row> prompts, int chunks) {
    // Equal requests into one chunk if they need be computed only once.
    Column key = isGreedy() ? col(HASH) : col(PlanColumn.ID.columnName());
    return rows(prompts, request)
        .withColumn("chunk", pmod(xxhash64(key), lit(chunks)).cast(DataTypes.IntegerType))
        // Otherwise every task would write a file into every chunk.
        .repartition(col("chunk"));
  }

  private int numChunks(long rows) {
    int slots = spark.sparkContext().defaultParallelism();
    long auto =
        Math.max(
            (rows - 1) / MAX_AUTO_CHUNKS + 1,
            Math.max(MIN_AUTO_CHUNK_ROWS, MIN_AUTO_ROWS_PER_FILE * slots));
    long chunkRows = request.job().run().chunkRows().orElse((int) Math.min(auto, 1 << 30));
    return (int) ((rows - 1) / chunkRows + 1);
  }

  /** Prompts and output rows of each chunk. */
  private static List<Row> chunks(Dataset<Row> plan) {
    return plan.groupBy("chunk")
        .agg(count(lit(1)), sum(PlanColumn.NUM_SEQUENCES.columnName()))
        .collectAsList();
  }

  private static List<Long> chunkRows(List<Row> counted, int chunks) {
    Long[] rows = new Long[chunks];
    Arrays.fill(rows, 0L);
    counted.forEach(row -> rows[row.getInt(0)] = row.getLong(1));
    return List.of(rows);
  }

  @Override
  public InputMark mark() {
    return InputMark.of(request.prompts().apply(spark));
  }

  @Override
  public Map<String, String> versions() {
    return Environment.of(spark);
  }

  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
