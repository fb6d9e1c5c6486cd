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
  private static final int NAME = 14;

  private ProgressText() {}

  /**
   * The block, each line no wider than a terminal.
   *
   * @param width of the terminal in columns
   */
  static List<String> block(ProgressState s, int width) {
    List<String> lines = new ArrayList<>();
    lines.add(TerminalText.oneLine(s.job()) + ", " + s.phase() + " for " + clock(s.seconds()));
    s.fetches().forEach(fetch -> lines.add(bar(name(fetch), fetch, width)));
    if (s.rows() > 0) {
      lines.add(bar("", s.share(), rows(s), width));
      lines.add(
          "%s completions, %s errors; %s"
              .formatted(Figures.number(s.completions()), Figures.number(s.errors()), speed(s)));
    }
    lines.addAll(engines(s, width));
    return lines.stream().map(line -> TerminalText.clip(line, width - 1)).toList();
  }

  /** A line of figures and a bar, each no wider than a terminal. */
  static List<String> steps(String figures, double share, String behind, int width) {
    return List.of(
        TerminalText.clip(TerminalText.oneLine(figures), width - 1),
        TerminalText.clip(bar("", share, behind, width), width - 1));
  }

  /** The line that a log gets. */
  static String line(ProgressState s) {
    StringBuilder line = new StringBuilder();
    line.append(TerminalText.oneLine(s.job())).append(": ").append(s.phase());
    s.fetches().forEach(f -> line.append(", ").append(name(f)).append(": ").append(bytes(f)));
    if (s.rows() == 0) {
      return line.append(s.fetches().isEmpty() ? " for " + clock(s.seconds()) : "").toString();
    }
    line.append(
        ", %s of %s rows, %s completions, %s errors, %s%s"
            .formatted(
                Figures.number(s.rowsDone()),
                Figures.number(s.rows()),
                Figures.number(s.completions()),
                Figures.number(s.errors()),
                speed(s),
                left(s.secondsLeft())));
    if (!s.engines().isEmpty()) {
      line.append("; ").append(together(s.engines()));
    }
    return line.toString();
  }

  private static String bar(String before, ProgressState.Fetch fetch, int width) {
    String name = TerminalText.pad(TerminalText.clip(before, width / 3), NAME) + " ";
    return bar(name, Math.min(1, (double) fetch.bytes() / fetch.totalBytes()), bytes(fetch), width);
  }

  private static String bar(String before, double share, String behind, int width) {
    String text = " %3.0f %%  %s".formatted(Math.floor(100 * share), behind);
    int taken = TerminalText.width(before) + TerminalText.width(text);
    int room = Math.max(4, Math.min(MAX_BAR, width - 3 - taken));
    int full = (int) Math.floor(room * share);
    return before + "[" + "=".repeat(full) + " ".repeat(room - full) + "]" + text;
  }

  private static String rows(ProgressState s) {
    return "%s of %s rows%s"
        .formatted(Figures.number(s.rowsDone()), Figures.number(s.rows()), left(s.secondsLeft()));
  }

  private static String name(ProgressState.Fetch fetch) {
    String model = TerminalText.oneLine(fetch.model());
    return fetch.executorId() == null ? model : fetch.executorId() + " " + model;
  }

  private static String bytes(ProgressState.Fetch fetch) {
    boolean isLarge = fetch.totalBytes() >= 1_000_000_000;
    double unit = isLarge ? 1e9 : 1e6;
    return String.format(
        Locale.ROOT,
        isLarge ? "%,.2f of %,.2f GB%s" : "%,.0f of %,.0f MB%s",
        fetch.bytes() / unit,
        fetch.totalBytes() / unit,
        left(fetch.secondsLeft()));
  }

  private static String speed(ProgressState s) {
    return "%s tokens/s now, %s overall"
        .formatted(Figures.rate(s.tokensPerSecondNow()), Figures.rate(s.tokensPerSecond()));
  }

  static String left(Long seconds) {
    return seconds == null ? "" : ", " + clock(seconds.doubleValue()) + " left";
  }

  private static List<String> engines(ProgressState s, int width) {
    List<String> lines = new ArrayList<>();
    int shown = s.engines().size() > MAX_ENGINES ? MAX_ENGINES - 1 : s.engines().size();
    for (ProgressState.Engine engine : s.engines().subList(0, shown)) {
      lines.add(engine(engine, width));
    }
    if (shown < s.engines().size()) {
      lines.add("and " + together(s.engines().subList(shown, s.engines().size())));
    }
    return lines;
  }

  private static String engine(ProgressState.Engine e, int width) {
    String name = TerminalText.pad(e.executorId() + " " + e.device(), NAME) + " ";
    if (e.loadingSeconds() == null) {
      return name
          + "%,d running, %,d waiting, KV memory %s"
              .formatted(e.running(), e.waiting(), Figures.share(e.kvShare()));
    }
    if (e.layersLoaded() == 0) {
      return name + "loading the model for " + clock(e.loadingSeconds());
    }
    String layers =
        "%d of %d layers%s".formatted(e.layersLoaded(), e.layers(), left(e.loadingSecondsLeft()));
    return bar(name, (double) e.layersLoaded() / e.layers(), layers, width);
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
