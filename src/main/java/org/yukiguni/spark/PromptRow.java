package org.yukiguni.spark;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * One row of the plan.
 *
 * @param prompt null if the input's was
 * @param tokens null if there is no prompt or it could not be tokenised
 * @param tokenizeMs null if there is no prompt
 * @param tokenizeError null unless it could not be tokenised
 * @param kept the kept input columns, or null if there are none
 */
record PromptRow(
    String id, String prompt, int[] tokens, Double tokenizeMs, String tokenizeError, Row kept) {

  static PromptRow of(Row row) {
    int ids = PlanColumn.PROMPT_TOKEN_IDS.ordinal();
    int ms = PlanColumn.TOKENIZE_MS.ordinal();
    List<Integer> tokens = row.isNullAt(ids) ? null : row.getList(ids);
    return new PromptRow(
        row.getString(PlanColumn.ID.ordinal()),
        row.getString(PlanColumn.PROMPT.ordinal()),
        tokens == null ? null : tokens.stream().mapToInt(Integer::intValue).toArray(),
        row.isNullAt(ms) ? null : row.getDouble(ms),
        row.getString(PlanColumn.TOKENIZE_ERROR.ordinal()),
        row.length() > PlanColumn.values().length
            ? row.getStruct(PlanColumn.values().length)
            : null);
  }
}
