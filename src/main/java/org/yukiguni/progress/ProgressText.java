package org.yukiguni.progress;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.yukiguni.report.Figures;
import org.yukiguni.report.TerminalText;

/** A state in words: the lines of a block, or one line. */
final class ProgressText {
  private static final int MAX_ENGINES = 6;
  private static final int MAX_BAR = 40;

  private ProgressText() {}

  /**
   * The block, each line no wider than a terminal.
   *
   * @param width of the terminal in columns
   */
  static List<String> block(ProgressState s, int width) {
    List<String> lines = new ArrayList<>();
    lines.add(TerminalText.oneLine(s.job()) + ", " + s.phase() + " for " + clock(s.seconds()));
    if (s.rows() > 0) {
      lines.add(bar(s, width));
      lines.add(
          "%s completions, %s errors; %s"
              .formatted(Figures.number(s.completions()), Figures.number(s.errors()), speed(s)));
    }
    lines.addAll(engines(s));
    return lines.stream().map(line -> TerminalText.clip(line, width - 1)).toList();
  }

  /** The line that a log gets. */
  static String line(ProgressState s) {
    StringBuilder line = new StringBuilder();
    line.append(TerminalText.oneLine(s.job())).append(": ").append(s.phase());
    if (s.rows() == 0) {
      return line.append(" for ").append(clock(s.seconds())).toString();
    }
    line.append(
        ", %s of %s rows, %s completions, %s errors, %s, %s left"
            .formatted(
                Figures.number(s.rowsDone()),
                Figures.number(s.rows()),
                Figures.number(s.completions()),
                Figures.number(s.errors()),
                speed(s),
                left(s)));
    if (!s.engines().isEmpty()) {
      line.append("; ").append(together(s.engines()));
    }
    return line.toString();
  }

  private static String bar(ProgressState s, int width) {
    String text =
        " %3.0f %%  %s of %s rows, %s left"
            .formatted(
                Math.floor(100 * s.share()),
                Figures.number(s.rowsDone()),
                Figures.number(s.rows()),
                left(s));
    int room = Math.max(4, Math.min(MAX_BAR, width - 3 - TerminalText.width(text)));
    int full = (int) Math.floor(room * s.share());
    return "[" + "=".repeat(full) + " ".repeat(room - full) + "]" + text;
  }

  private static String speed(ProgressState s) {
    return "%s tokens/s now, %s overall"
        .formatted(Figures.rate(s.tokensPerSecondNow()), Figures.rate(s.tokensPerSecond()));
  }

  private static String left(ProgressState s) {
    return s.secondsLeft() == null ? "unknown" : clock(s.secondsLeft().doubleValue());
  }

  private static List<String> engines(ProgressState s) {
    List<String> lines = new ArrayList<>();
    int shown = s.engines().size() > MAX_ENGINES ? MAX_ENGINES - 1 : s.engines().size();
    for (ProgressState.Engine engine : s.engines().subList(0, shown)) {
      lines.add(
          "%s %s"
              .formatted(
                  TerminalText.pad(engine.executorId() + " " + engine.device(), 14),
                  engine.loadingSeconds() == null
                      ? "%,d running, %,d waiting, KV memory %s"
                          .formatted(
                              engine.running(), engine.waiting(), Figures.share(engine.kvShare()))
                      : "loading the model for " + clock(engine.loadingSeconds())));
    }
    if (shown < s.engines().size()) {
      lines.add("and " + together(s.engines().subList(shown, s.engines().size())));
    }
    return lines;
  }

  private static String together(List<ProgressState.Engine> engines) {
    long loading = engines.stream().filter(e -> e.loadingSeconds() != null).count();
    return String.format(
        Locale.ROOT,
        "%,d %s%s, %,d running, %,d waiting, KV memory %s",
        engines.size(),
        engines.size() == 1 ? "engine" : "engines",
        loading == 0 ? "" : " (%,d loading)".formatted(loading),
        engines.stream().mapToLong(ProgressState.Engine::running).sum(),
        engines.stream().mapToLong(ProgressState.Engine::waiting).sum(),
        Figures.share(engines.stream().mapToDouble(ProgressState.Engine::kvShare).max().orElse(0)));
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
  }
}
