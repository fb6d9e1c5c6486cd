package org.yukiguni.report;

import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.spark.OutputColumn;

/** The first completions of a run as a table for a terminal. */
final class CompletionTable {
  private static final int ROWS = 12;
  private static final int MAX_ID_WIDTH = 16;

  private CompletionTable() {}

  /**
   * Draws the table, lowest ids first.
   *
   * @param width of the terminal in columns
   */
  static String of(Dataset<Row> rows, int width) {
    // The texts of a few rows only, not those of all rows on their way through a sort.
    Map<String, Integer> lowest = Sample.choose(rows.orderBy(Columns.of(OutputColumn.ID)), ROWS);
    TextTable table = new TextTable(width, "id", "#", "finish", "completion");
    for (Row row : Sample.rowsOf(rows, lowest).stream().limit(ROWS).toList()) {
      boolean isError = row.getAs("completion") == null;
      table.add(
          TerminalText.cut(row.getAs("id"), MAX_ID_WIDTH),
          Integer.toString(row.getAs("sequence_index")),
          isError ? "error" : row.getAs("finish_reason"),
          row.getAs(isError ? "error_message" : "completion"));
    }
    return table.text();
  }
}
