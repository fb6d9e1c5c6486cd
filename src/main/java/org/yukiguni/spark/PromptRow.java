package org.yukiguni.spark;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * One row of the plan.
 *
 * @param prompt null if the input's was
 * @param generation the row's own settings as JSON, or null
 * @param requestHash what is asked for
 * @param numSequences how many output rows it gets
 * @param tokens null if there is no prompt or it could not be tokenised
 * @param tokenizeMs null if there is no prompt
 * @param errorCode null unless the row cannot be given to the engine
 * @param errorMessage likewise
 * @param kept the kept input columns, or null if there are none
 */
record PromptRow(
    String id,
    String prompt,
    String generation,
    String requestHash,
    int numSequences,
    int[] tokens,
    Double tokenizeMs,
    String errorCode,
    String errorMessage,
    Row kept) {

  static PromptRow of(Row row) {
    String ids = PlanColumn.PROMPT_TOKEN_IDS.columnName();
    return new PromptRow(
        row.getAs(PlanColumn.ID.columnName()),
        row.getAs(PlanColumn.PROMPT.columnName()),
        row.getAs(PlanColumn.GENERATION.columnName()),
        row.getAs(PlanColumn.REQUEST_HASH.columnName()),
        row.getAs(PlanColumn.NUM_SEQUENCES.columnName()),
        tokens(row, row.fieldIndex(ids)),
        row.getAs(PlanColumn.TOKENIZE_MS.columnName()),
        row.getAs(PlanColumn.ERROR_CODE.columnName()),
        row.getAs(PlanColumn.ERROR_MESSAGE.columnName()),
        row.length() > PlanColumn.values().length ? row.getAs(PlanColumn.KEPT) : null);
  }

  /** Ids as Spark gives them, or as the tokenising function does if it runs right before. */
  private static int[] tokens(Row row, int index) {
    if (row.get(index) instanceof int[] ids) {
      return ids;
    }
    List<Integer> ids = row.getList(index);
    return ids == null ? null : ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
