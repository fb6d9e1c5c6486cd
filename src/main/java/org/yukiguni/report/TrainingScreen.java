package org.yukiguni.report;

import java.io.PrintStream;
import java.util.Locale;

/** What a training has logged, in a few lines with its loss curve. */
public final class TrainingScreen {
  private static final int COLUMNS = 60;
  private static final int LINES = 12;
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private TrainingScreen() {}

  /** Prints totals, the curves, and some of the steps. */
  public static void print(TrainingLog log, PrintStream out) {
    out.println(
        TerminalText.oneLine(log.job())
            + ": "
            + (log.isDone() ? log.adapter() : "not finished; the same command goes on with it"));
    out.printf(
        Locale.ROOT,
        "steps        %,d, %,d tokens in %,.1f s: %,.1f tokens/s, %.2f steps/s%n",
        log.steps().size(),
        log.tokens(),
        log.seconds(),
        log.tokensPerSecond(),
        log.stepsPerSecond());
    if (log.steps().isEmpty()) {
      return;
    }
    out.printf(Locale.ROOT, "loss         %s%n", curve(log.losses()));
    if (log.evalLosses().length > 0) {
      out.printf(Locale.ROOT, "held back    %s%n", curve(log.evalLosses()));
    }
    out.println();
    out.print(table(log));
  }

  /** Prints the totals as one line of JSON. */
  public static void printJson(TrainingLog log, PrintStream out) {
    out.println(log.json());
    out.flush();
  }

  /** The first step, the last, and some between at equal distances. */
  private static String table(TrainingLog log) {
    TextTable table =
        new TextTable(
            100, "step", "epoch", "loss", "held back", "learning rate", "gradient", "tokens/s");
    int count = log.steps().size();
    int lines = Math.min(LINES, count);
    for (int line = 0; line < lines; line++) {
      TrainingLog.Step s =
          log.steps().get(lines == 1 ? 0 : (int) ((long) line * (count - 1) / (lines - 1)));
      table.add(
          Figures.number(s.step()),
          "%.2f".formatted(s.epoch()),
          "%.4f".formatted(s.loss()),
          s.evalLoss() == null ? "" : "%.4f".formatted(s.evalLoss()),
          "%.2e".formatted(s.learningRate()),
          "%.3g".formatted(s.gradientNorm()),
          Figures.rate(s.tokensPerSecond()));
    }
    return table.text();
  }

  /** First value, a bar for the mean of each stretch, last value. */
  static String curve(double[] values) {
    int columns = Math.min(COLUMNS, values.length);
    double[] means = new double[columns];
    double least = Double.MAX_VALUE;
    double most = -Double.MAX_VALUE;
    for (int c = 0; c < columns; c++) {
      int from = c * values.length / columns;
      int to = (c + 1) * values.length / columns;
      for (int i = from; i < to; i++) {
        means[c] += values[i] / (to - from);
      }
      least = Math.min(least, means[c]);
      most = Math.max(most, means[c]);
    }
    StringBuilder bars = new StringBuilder();
    for (double mean : means) {
      double share = most > least ? (mean - least) / (most - least) : 0;
      bars.append(BARS.charAt((int) Math.round(share * (BARS.length() - 1))));
    }
    return String.format(Locale.ROOT, "%.4f %s %.4f", values[0], bars, values[values.length - 1]);
  }
}
