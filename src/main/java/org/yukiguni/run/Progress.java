package org.yukiguni.run;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.yukiguni.spark.Sums;

/**
 * Shows how far a run is: a bar where a person looks at a terminal, else a log line every ten
 * seconds.
 */
final class Progress implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Progress.class.getName());
  private static final int LOG_SECONDS = 10;
  private static final int BAR_SECONDS = 1;

  private final String name;
  private final long total;
  private final long before;
  private final Supplier<Sums> sums;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });
  private final ProgressBar bar;

  /**
   * Prepares to show.
   *
   * @param total rows of the run
   * @param before rows that earlier attempts have done
   * @param sums what this attempt has done
   */
  Progress(String name, long total, long before, Supplier<Sums> sums) {
    this.name = name;
    this.total = total;
    this.before = before;
    this.sums = sums;
    bar = hasTerminal() ? bar(name, total, before) : null;
  }

  /** Shows from now on, until closed. */
  void start() {
    int seconds = bar == null ? LOG_SECONDS : BAR_SECONDS;
    var unused = timer.scheduleAtFixedRate(this::show, seconds, seconds, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    show();
    if (bar != null) {
      bar.close();
    }
  }

  /** The line that the log gets. */
  static String line(String name, long total, long before, Sums done, double seconds) {
    long rows = before + done.rows();
    double tokensPerSecond = seconds > 0 ? done.tokens() / seconds : 0;
    String eta =
        done.rows() == 0 ? "unknown" : clock(Math.round(seconds * (total - rows) / done.rows()));
    return String.format(
        Locale.ROOT,
        "%s: %,d of %,d rows, %,d completions, %,d errors, %,.1f tokens/s, %s left",
        name,
        rows,
        total,
        done.completions(),
        done.errors(),
        tokensPerSecond,
        eta);
  }

  private static String clock(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    return "%d:%02d:%02d".formatted(left.toHours(), left.toMinutesPart(), left.toSecondsPart());
  }

  private void show() {
    Sums done = sums.get();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (bar == null) {
      LOG.log(System.Logger.Level.INFO, line(name, total, before, done, seconds));
    } else {
      bar.stepTo(before + done.rows());
      bar.setExtraMessage(
          String.format(
              Locale.ROOT,
              " %,d completions, %,.1f tokens/s",
              done.completions(),
              done.tokens() / seconds));
    }
  }

  /**
   * Java 17 has a console only if both input and output are a terminal. Java 22 always has one;
   * there, ask {@code Console.isTerminal} once the project is built for it.
   */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean hasTerminal() {
    return System.console() != null;
  }

  private static ProgressBar bar(String name, long total, long before) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(total)
        .startsFrom(before, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII)
        .build();
  }
}
