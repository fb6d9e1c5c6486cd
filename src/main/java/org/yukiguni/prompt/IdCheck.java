package org.yukiguni.prompt;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.job.InputSpec;
import org.yukiguni.job.InvalidJobException;

/** Looks once over all ids before anything is generated. */
final class IdCheck {
  private static final int NAMED = 10;

  private IdCheck() {}

  /**
   * Checks that there are rows, that each has an id, and no two the same. One pass over the ids; a
   * second one names those that are not unique.
   *
   * @throws InvalidJobException if not
   */
  static void run(Dataset<Row> prompts, Source source, InputSpec input) {
    Dataset<Row> ids = prompts.groupBy("id").count();
    Column isDoubled = col("id").isNotNull().and(col("count").gt(1));
    Row totals =
        ids.agg(
                coalesce(sum("count"), lit(0L)),
                coalesce(sum(when(col("id").isNull(), col("count"))), lit(0L)),
                count_if(isDoubled))
            .head();
    long rows = totals.getLong(0);
    if (rows == 0) {
      throw new InvalidJobException(
          source.key()
              + ": Cannot generate from "
              + source.name()
              + " because it has no rows; give an input with at least one");
    }
    if (totals.getLong(1) > 0) {
      throw new InvalidJobException(
          input.isBatch()
              ? "input.path: Cannot use the requests because "
                  + totals.getLong(1)
                  + " of "
                  + rows
                  + " have no custom_id; give each its own"
              : "input.id: Cannot use column "
                  + input.id()
                  + " because "
                  + totals.getLong(1)
                  + " of "
                  + rows
                  + " rows have no id; fill them, or leave input.id out to name rows by their prompts");
    }
    if (totals.getLong(2) > 0) {
      List<Row> worst =
          ids.filter(isDoubled)
              .orderBy(col("count").desc(), col("id"))
              .limit(NAMED)
              .collectAsList();
      throw new InvalidJobException(doubled(worst, totals.getLong(2), input));
    }
  }

  private static String doubled(List<Row> worst, long doubled, InputSpec input) {
    String names =
        worst.stream()
            .map(row -> row.getString(0) + " (" + row.getLong(1) + " rows)")
            .collect(Collectors.joining(", "));
    String more = doubled > worst.size() ? " and " + (doubled - worst.size()) + " more" : "";
    if (input.isBatch()) {
      return "input.path: Cannot use the requests because "
          + doubled
          + (doubled == 1 ? " custom_id names" : " custom_ids name")
          + " several: "
          + names
          + more
          + "; give each its own";
    }
    return input.id() == null
        ? "input.id: Cannot name rows by their prompts because "
            + doubled
            + (doubled == 1 ? " prompt is" : " prompts are")
            + " there more than once: "
            + names
            + more
            + "; add a column with unique ids to the input and name it in input.id"
        : "input.id: Cannot use column "
            + input.id()
            + " because "
            + doubled
            + (doubled == 1 ? " id names" : " ids name")
            + " several rows: "
            + names
            + more
            + "; make the ids unique";
  }
}
