package org.yukiguni.report;

import java.util.ArrayList;
import java.util.List;

/** A table for a terminal: numbers to the right, texts to the left, the last column cut. */
final class TextTable {
  private static final String GAP = "  ";
  private static final int LEAST_LAST = 10;

  private final int width;
  private final List<List<String>> lines = new ArrayList<>();

  /**
   * A table with its head.
   *
   * @param width of the terminal in columns
   */
  TextTable(int width, String... head) {
    this.width = width;
    lines.add(List.of(head));
  }

  void add(String... cells) {
    lines.add(List.of(cells));
  }

  /** The lines, each ended by a line break. */
  String text() {
    int columns = lines.get(0).size();
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], TerminalText.width(line.get(i)));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        boolean isLast = i == columns - 1;
        String cell =
            isLast
                ? TerminalText.cut(
                    line.get(i), Math.max(LEAST_LAST, width - TerminalText.width(row.toString())))
                : line.get(i);
        row.append(
            isNumber(i)
                ? TerminalText.padLeft(cell, widths[i])
                : TerminalText.pad(cell, isLast ? 0 : widths[i]));
        row.append(isLast ? "" : GAP);
      }
      text.append(row).append('\n');
    }
    return text.toString();
  }

  /** Whether a column's values, under the head, begin with a digit. */
  private boolean isNumber(int column) {
    return lines.size() > 1
        && lines.stream()
            .skip(1)
            .map(line -> line.get(column))
            .allMatch(cell -> cell.isEmpty() || Character.isDigit(cell.charAt(0)));
  }
}
