package org.yukiguni.spark;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * One row of the plan.
 *
 * @param prompt null if the input's was
 * @param generation the row's own settings as JSON, or null
 * @param tokens null if there is no prompt or it could not be tokenised
 * @param tokenizeMs null if there is no prompt
 * @param tokenizeError null unless it could not be tokenised
 * @param kept the kept input columns, or null if there are none
 */
record PromptRow(
    String id,
    String prompt,
    String generation,
    int[] tokens,
    Double tokenizeMs,
    String tokenizeError,
    Row kept) {

  static PromptRow of(Row row) {
    String ids = PlanColumn.PROMPT_TOKEN_IDS.columnName();
    List<Integer> tokens = row.getList(row.fieldIndex(ids));
    return new PromptRow(
        row.getAs(PlanColumn.ID.columnName()),
        row.getAs(PlanColumn.PROMPT.columnName()),
        row.getAs(PlanColumn.GENERATION.columnName()),
        tokens == null ? null : tokens.stream().mapToInt(Integer::intValue).toArray(),
        row.getAs(PlanColumn.TOKENIZE_MS.columnName()),
        row.getAs(PlanColumn.TOKENIZE_ERROR.columnName()),
        row.length() > PlanColumn.values().length ? row.getAs(PlanColumn.KEPT) : null);
  }
}
