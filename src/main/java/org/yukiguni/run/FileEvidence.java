package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.prompt.PromptColumn;
import org.yukiguni.spark.OutputColumn;
import org.yukiguni.spark.PlanColumn;
import org.yukiguni.spark.TokenizePartition;

/**
 * Output files without their run's plan: their footers name the job, and the prompts in them are
 * tokenised again. Only a job whose rows have no settings of their own can be repeated so.
 *
 * @param run what the footers say
 */
record FileEvidence(SparkSession spark, String path, RunFooter run)
    implements Verification.Evidence {
  private static final String ID = PlanColumn.ID.columnName();

  /**
   * Finds files.
   *
   * @throws InvalidJobException if there are none of ours
   */
  static FileEvidence in(SparkSession spark, String path) {
    StructType schema;
    try {
      schema = spark.read().parquet(path).schema();
    } catch (Exception e) {
      // Spark throws AnalysisException without declaring it, and others for files that are none.
      throw new InvalidJobException(
          "Cannot verify %s because it holds no run of ours; give the output.path of a job"
              .formatted(path));
    }
    return new FileEvidence(
        spark,
        path,
        RunFooter.of(schema)
            .orElseThrow(
                () ->
                    new InvalidJobException(
                        "Cannot verify %s because its files do not say which job wrote them; give the output.path of a job"
                            .formatted(path))));
  }

  @Override
  public List<StructField> kept() {
    return List.of();
  }

  @Override
  public Dataset<Row> sample(RunRequest request, int rows, long seed) {
    if (request.job().input().isBatch() || request.job().input().generation() != null) {
      throw new InvalidJobException(
          "Cannot verify %s because its rows had settings of their own, which stand in the run's plan only; verify the whole output.path"
              .formatted(path));
    }
    Dataset<Row> prompts =
        spark
            .read()
            .parquet(path)
            .where(col(OutputColumn.RUN_ID.columnName()).equalTo(run.runId()))
            .where(col(OutputColumn.SEQUENCE_INDEX.columnName()).equalTo(0))
            .where(col(OutputColumn.STATUS.columnName()).equalTo("ok"))
            .orderBy(xxhash64(col(ID), lit(seed)))
            .limit(rows);
    // The output does not say whether special tokens were added, but how many tokens there were.
    return tokenised(prompts, request, true)
        .union(tokenised(prompts, request, false))
        .dropDuplicates(ID);
  }

  private static Dataset<Row> tokenised(Dataset<Row> rows, RunRequest request, boolean isSpecial) {
    Dataset<Row> prompts =
        rows.select(
            col(ID),
            col(PromptColumn.PROMPT.columnName()),
            none(PromptColumn.GENERATION),
            lit(isSpecial).as(PromptColumn.ADD_SPECIAL_TOKENS.columnName()),
            none(PromptColumn.ERROR_CODE),
            none(PromptColumn.ERROR_MESSAGE),
            col(OutputColumn.REQUEST_HASH.columnName()));
    String tokens = OutputColumn.PROMPT_TOKENS.columnName();
    return TokenizePartition.plan(prompts, List.of(), request.loader(), request.generation())
        .join(rows.select(col(ID), col(tokens)), ID)
        .where(size(col(PlanColumn.PROMPT_TOKEN_IDS.columnName())).equalTo(col(tokens)))
        .drop(tokens);
  }

  private static org.apache.spark.sql.Column none(PromptColumn column) {
    return lit(null).cast(column.type()).as(column.columnName());
  }

  @Override
  public Dataset<Row> output(StructType schema) {
    return spark
        .read()
        .schema(schema.add(OutputColumn.RUN_ID.columnName(), "string"))
        .parquet(path)
        .where(col(OutputColumn.RUN_ID.columnName()).equalTo(run.runId()))
        .drop(OutputColumn.RUN_ID.columnName());
  }
}
