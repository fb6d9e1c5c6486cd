package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.yukiguni.spark.PlanColumn;

/** The first prompt of a plan as it goes to the model, so that a wrong template is seen at once. */
final class FirstPrompt {
  private static final int MAX_CHARS = 600;

  private FirstPrompt() {}

  /** A line with the prompt of the lowest id that has one; empty if none has. */
  static String of(Dataset<Row> plan) {
    String id = PlanColumn.ID.columnName();
    String tokens = PlanColumn.PROMPT_TOKEN_IDS.columnName();
    List<Row> first =
        plan.where(col(tokens).isNotNull())
            .orderBy(id)
            .select(id, PlanColumn.PROMPT.columnName(), tokens)
            .takeAsList(1);
    if (first.isEmpty()) {
      return "";
    }
    Row row = first.get(0);
    return "first prompt %s, %d tokens: %s%n"
        .formatted(visible(row.getString(0)), row.getList(2).size(), visible(row.getString(1)));
  }

  /** A text on one line: control characters as escapes, the middle of a long one left out. */
  static String visible(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                  if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                    line.append("\\u%04x".formatted(c));
                  } else {
                    line.appendCodePoint(c);
                  }
                }
              }
            });
    if (line.length() <= MAX_CHARS) {
      return line.toString();
    }
    int half = MAX_CHARS / 2;
    int end = line.offsetByCodePoints(0, line.codePointCount(0, half));
    int start = line.length() - half;
    start += Character.isLowSurrogate(line.charAt(start)) ? 1 : 0;
    return line.substring(0, end)
        + " … %d characters … ".formatted(start - end)
        + line.substring(start);
  }
}
