package org.yukiguni.hub;

import java.lang.System.Logger.Level;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows how many bytes of a model have come: a bar where a person looks at a terminal, else a log
 * line every ten seconds.
 */
final class FetchProgress implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FetchProgress.class.getName());
  private static final int LOG_MILLIS = 10_000;

  private final ProgressBar bar;

  /**
   * Starts to show.
   *
   * @param name of the model
   * @param totalBytes of all files
   */
  FetchProgress(String name, long totalBytes) {
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(totalBytes)
            .setUnit(" MiB", 1 << 20)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed();
    if (!hasTerminal()) {
      builder
          .setConsumer(new DelegatingProgressBarConsumer(line -> LOG.log(Level.INFO, line), 120))
          .setUpdateIntervalMillis(LOG_MILLIS);
    }
    bar = builder.build();
  }

  /** Counts bytes that are there, or are there no more if negative. */
  void add(long bytes) {
    bar.stepBy(bytes);
  }

  @Override
  public void close() {
    bar.close();
  }

  /** As of Java 22 there always is a console; then ask {@code Console.isTerminal}. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean hasTerminal() {
    return System.console() != null;
  }
}
