package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.spark.OutputColumn;

/** The first completions of a run as a table for a terminal. */
final class CompletionTable {
  private static final int ROWS = 12;
  private static final int MAX_ID_WIDTH = 16;
  private static final int FINISH_WIDTH = 7;

  private CompletionTable() {}

  /**
   * Draws the table, lowest ids first.
   *
   * @param width of the terminal in columns
   */
  static String of(Dataset<Row> rows, int width) {
    List<Row> first =
        rows.orderBy(name(OutputColumn.ID), name(OutputColumn.SEQUENCE_INDEX))
            .select(
                name(OutputColumn.ID),
                name(OutputColumn.SEQUENCE_INDEX),
                name(OutputColumn.FINISH_REASON),
                name(OutputColumn.COMPLETION),
                name(OutputColumn.ERROR_MESSAGE))
            .takeAsList(ROWS);
    int idWidth =
        Math.min(
            MAX_ID_WIDTH,
            Math.max(
                2, first.stream().mapToInt(r -> DisplayWidth.of(r.getString(0))).max().orElse(0)));
    StringBuilder table = new StringBuilder();
    line(table, idWidth, width, "id", "#", "finish", "completion");
    for (Row row : first) {
      boolean isError = row.isNullAt(3);
      line(
          table,
          idWidth,
          width,
          row.getString(0),
          Integer.toString(row.getInt(1)),
          isError ? "error" : row.getString(2),
          row.getString(isError ? 4 : 3));
    }
    return table.toString();
  }

  private static void line(
      StringBuilder table,
      int idWidth,
      int width,
      String id,
      String index,
      String finish,
      String text) {
    String head =
        DisplayWidth.pad(DisplayWidth.cut(id, idWidth), idWidth)
            + "  "
            + DisplayWidth.pad(index, 2)
            + "  "
            + DisplayWidth.pad(finish, FINISH_WIDTH)
            + "  ";
    int left = Math.max(10, width - DisplayWidth.of(head));
    table.append(head).append(DisplayWidth.cut(text, left)).append('\n');
  }

  private static Column name(OutputColumn column) {
    return col(column.columnName());
  }
}
