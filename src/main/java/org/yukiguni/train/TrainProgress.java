package org.yukiguni.train;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.yukiguni.report.TrainingLog;

/** Shows each step: a bar where a person looks at a terminal, else a log line every ten seconds. */
final class TrainProgress implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TrainProgress.class.getName());
  private static final long LOG_NANOS = 10_000_000_000L;

  private final String name;
  private final int before;
  private final int total;
  private final long startNanos = System.nanoTime();
  private final ProgressBar bar;
  private long lastNanos = System.nanoTime();
  private long tokens;

  @SuppressWarnings("SystemConsoleNull") // Java 17 has a console only at a terminal.
  TrainProgress(String name, int before, int total) {
    this.name = name;
    this.before = before;
    this.total = total;
    this.bar =
        System.console() == null
            ? null
            : new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .startsFrom(before, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .build();
  }

  void show(TrainingLog.Step record) {
    tokens += record.tokens();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    String figures =
        String.format(
            Locale.ROOT,
            "loss %.4f%s, learning rate %.2e, %,.0f tokens/s",
            record.loss(),
            record.evalLoss() == null ? "" : " (held back %.4f)".formatted(record.evalLoss()),
            record.learningRate(),
            tokens / seconds);
    if (bar != null) {
      bar.stepTo(record.step());
      bar.setExtraMessage(" " + figures);
    } else if (System.nanoTime() - lastNanos > LOG_NANOS || record.step() == total) {
      lastNanos = System.nanoTime();
      long left = Math.round(seconds * (total - record.step()) / (record.step() - before));
      LOG.log(
          Level.INFO,
          "{0}: step {1} of {2}, {3}, {4} left",
          name,
          record.step(),
          total,
          figures,
          Duration.ofSeconds(left));
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
