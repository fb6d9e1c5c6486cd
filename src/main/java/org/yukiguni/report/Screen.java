package org.yukiguni.report;

import java.io.PrintStream;
import java.util.Locale;

/** What a run has written, on one screen: a table of completions, totals, and one line of JSON. */
public final class Screen {
  private static final int DEFAULT_WIDTH = 100;
  private static final int MAX_ID_WIDTH = 24;

  private Screen() {}

  /**
   * Prints a run; the last line is its summary as JSON.
   *
   * @param next what a person may want to do now; may be empty
   */
  public static void print(Output output, Summary summary, String next, PrintStream out) {
    int width = terminalWidth();
    if (summary.rowsOut() > 0) {
      out.println(CompletionTable.of(output.rows(), width));
    }
    out.println(text(summary, width));
    if (!next.isEmpty()) {
      out.println("next: " + TerminalText.oneLine(next) + "\n");
    }
    out.println(summary.json());
    out.flush();
  }

  /** Prints two runs beside each other. */
  public static void print(Comparison comparison, PrintStream out) {
    TextTable table = new TextTable(terminalWidth(), "", "A", "B", "B to A");
    table.add("run", comparison.a().runId(), comparison.b().runId(), "");
    for (Comparison.Line line : comparison.lines()) {
      table.add(
          line.name(),
          TerminalText.oneLine(line.a()),
          TerminalText.oneLine(line.b()),
          line.change());
    }
    out.println(table.text());
    Comparison.Shared shared = comparison.shared();
    out.printf(
        Locale.ROOT,
        "%,d rows are in both, %,d only in A, %,d only in B; %,d of both have another prompt%n",
        shared.rows(),
        shared.onlyA(),
        shared.onlyB(),
        shared.otherPrompts());
    out.printf(
        Locale.ROOT,
        "%,d of %,d completions that both have are equal: %.1f %%%n",
        shared.equal(),
        shared.bothOk(),
        100 * shared.equalShare());
    out.flush();
  }

  static String text(Summary s, int width) {
    StringBuilder text = new StringBuilder(totals(s));
    if (s.cost() != null) {
      text.append(cost(s.cost()));
    }
    if (s.engines().size() > 1) {
      text.append('\n').append(engines(s, width));
    }
    if (!s.errors().isEmpty()) {
      text.append('\n').append(errors(s, width));
    }
    if (!s.slowest().isEmpty()) {
      text.append('\n').append(slowest(s, width));
    }
    return text.toString();
  }

  private static String totals(Summary s) {
    return String.format(
        Locale.ROOT,
        """
        %s, run %s: %d of %d chunks
        rows         %,d in, %,d expected, %,d written%s
        completions  %,d ok%s, %,d errors
        tokens       %,d in prompts, %,d generated
        speed        %,.1f tokens/s over %,.1f s; devices busy %.0f %%
        first token  %s
        completion   %s
        """,
        TerminalText.oneLine(s.job()),
        s.runId(),
        s.chunksDone(),
        s.chunks(),
        s.rowsIn(),
        s.rowsExpected(),
        s.rowsOut(),
        s.doubledRows() == 0 ? "" : ", %,d of them doubled".formatted(s.doubledRows()),
        s.completions(),
        s.finishReasons().isEmpty() ? "" : " (" + Figures.counts(s.finishReasons()) + ")",
        s.numErrors(),
        s.promptTokens(),
        s.completionTokens(),
        s.tokensPerSecond(),
        s.wallSeconds(),
        100 * s.deviceBusyShare(),
        Figures.percentiles(s.firstTokenMs()),
        Figures.percentiles(s.totalMs()));
  }

  private static String cost(Summary.Cost cost) {
    return String.format(
        Locale.ROOT,
        "cost         %s for %s engine hours; %s per 1,000 tokens, %s per row%n",
        Figures.money(cost.total()),
        Figures.money(cost.engineHours()),
        Figures.money(cost.perThousandTokens()),
        Figures.money(cost.perRow()));
  }

  private static String engines(Summary s, int width) {
    TextTable table = new TextTable(width, "executor", "rows", "tokens", "tokens/s", "busy", "on");
    for (Summary.EngineShare engine : s.engines()) {
      table.add(
          engine.executorId(),
          Figures.number(engine.rows()),
          Figures.number(engine.completionTokens()),
          Figures.rate(engine.tokensPerSecond()),
          Figures.share(engine.busyShare()),
          engine.device());
    }
    return table.text();
  }

  private static String errors(Summary s, int width) {
    TextTable table = new TextTable(width, "error", "rows", "such as", "which says");
    s.errors()
        .forEach(
            (code, count) -> {
              Summary.Example example = s.errorExamples().get(code);
              table.add(
                  code,
                  Figures.number(count),
                  TerminalText.cut(example.id(), MAX_ID_WIDTH),
                  TerminalText.oneLine(example.message()));
            });
    return table.text();
  }

  private static String slowest(Summary s, int width) {
    TextTable table = new TextTable(width, "slowest", "#", "ms", "queued", "prompt", "new", "on");
    for (Summary.SlowRow row : s.slowest()) {
      table.add(
          TerminalText.cut(row.id(), MAX_ID_WIDTH),
          Integer.toString(row.sequenceIndex()),
          Figures.number(Math.round(row.totalMs())),
          Figures.number(Math.round(row.queueMs())),
          Figures.number(row.promptTokens()),
          row.completionTokens() == null ? "" : Figures.number(row.completionTokens()),
          row.executorId() + " " + row.device());
    }
    return table.text();
  }

  private static int terminalWidth() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9]\\d{1,3}")
        ? Integer.parseInt(columns)
        : DEFAULT_WIDTH;
  }
}
