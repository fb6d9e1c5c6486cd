package org.yukiguni.report;

import java.util.List;
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
    List<Row> first =
        rows.orderBy(Columns.of(OutputColumn.ID), Columns.of(OutputColumn.SEQUENCE_INDEX))
            .select(
                Columns.of(OutputColumn.ID),
                Columns.of(OutputColumn.SEQUENCE_INDEX),
                Columns.of(OutputColumn.FINISH_REASON),
                Columns.of(OutputColumn.COMPLETION),
                Columns.of(OutputColumn.ERROR_MESSAGE))
            .takeAsList(ROWS);
    TextTable table = new TextTable(width, "id", "#", "finish", "completion");
    for (Row row : first) {
      boolean isError = row.isNullAt(3);
      table.add(
          TerminalText.cut(row.getString(0), MAX_ID_WIDTH),
          Integer.toString(row.getInt(1)),
          isError ? "error" : row.getString(2),
          row.getString(isError ? 4 : 3));
    }
    return table.text();
  }
}
