package org.yukiguni.run;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.report.TerminalText;
import org.yukiguni.spark.PlanColumn;

/** A run up to its plan: what it would do, and how a prompt looks. Nothing is written. */
public final class DryRun {
  private final SparkSession spark;
  private final RunRequest request;
  private final PrintStream out;

  /**
   * Prepares it.
   *
   * @param out gets what is found
   */
  public DryRun(SparkSession spark, RunRequest request, PrintStream out) {
    this.spark = spark;
    this.request = request;
    this.out = out;
  }

  /**
   * Reads, words and tokenises all prompts, and prints what came of it.
   *
   * @param contextLength most tokens that the model takes
   * @throws org.yukiguni.job.InvalidJobException if the input is wrong
   */
  public ExitCode run(int contextLength) {
    Dataset<Row> plan = Planner.rows(request.prompts().apply(spark), request).cache();
    try {
      out.print(FirstPrompt.of(plan));
      print(totals(plan, longest(contextLength)), longest(contextLength));
      for (Row error : errors(plan)) {
        out.printf(
            Locale.ROOT,
            "error        %s in %,d rows, such as %s: %s%n",
            error.getString(0),
            error.getLong(1),
            TerminalText.oneLine(error.getString(2)),
            TerminalText.oneLine(error.getString(3)));
      }
      out.flush();
      return ExitCode.OK;
    } finally {
      plan.unpersist();
    }
  }

  /** The most tokens of a prompt that leave room for a new one, under the job's own settings. */
  private int longest(int contextLength) {
    int bound = request.generation().config().maxLength().orElse(contextLength);
    boolean isBound = request.generation().config().maxNewTokens().isEmpty();
    return Math.min(contextLength, isBound ? bound : contextLength) - 1;
  }

  private static Row totals(Dataset<Row> plan, int longest) {
    Column tokens = size(column(PlanColumn.PROMPT_TOKEN_IDS));
    Column counted = when(column(PlanColumn.PROMPT_TOKEN_IDS).isNotNull(), tokens);
    return plan.agg(
            count(lit(1)),
            coalesce(sum(column(PlanColumn.NUM_SEQUENCES)), lit(0L)),
            coalesce(sum(counted), lit(0L)),
            min(counted),
            percentile_approx(counted, lit(0.5), lit(10_000)),
            max(counted),
            count(when(counted.gt(longest), 1)),
            count(column(PlanColumn.ERROR_CODE)))
        .head();
  }

  private void print(Row totals, int longest) {
    out.printf(
        Locale.ROOT,
        """
        %s, dry run
        rows         %,d in, %,d expected
        tokens       %,d in prompts, of which the shortest has %s, the middle one %s, the longest %s
        too long     %,d prompts of more than %,d tokens
        errors       %,d rows
        """,
        request.job().name(),
        totals.getLong(0),
        totals.getLong(1),
        totals.getLong(2),
        totals.get(3),
        totals.get(4),
        totals.get(5),
        totals.getLong(6),
        longest,
        totals.getLong(7));
  }

  private static List<Row> errors(Dataset<Row> plan) {
    return plan.where(column(PlanColumn.ERROR_CODE).isNotNull())
        .groupBy(column(PlanColumn.ERROR_CODE))
        .agg(
            count(lit(1)),
            min(column(PlanColumn.ID)),
            org.apache.spark.sql.functions.min_by(
                column(PlanColumn.ERROR_MESSAGE), column(PlanColumn.ID)))
        .orderBy(column(PlanColumn.ERROR_CODE))
        .collectAsList();
  }

  private static Column column(PlanColumn column) {
    return col(column.columnName());
  }
}
