package org.yukiguni.progress;

import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Shows how far counted steps are: two lines that are drawn in place where a person looks at a
 * terminal, else a log line every ten seconds.
 */
public final class StepProgress implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StepProgress.class.getName());
  private static final long LINE_NANOS = 10_000_000_000L;

  private final String job;
  private final int before;
  private final int total;
  private final long startNanos = System.nanoTime();
  private final boolean isLogged;
  private long lastNanos = startNanos;

  /** Opened when there is something to draw. */
  private TerminalBlock block;

  /**
   * Starts the clock.
   *
   * @param before steps that an earlier run has made
   * @param total steps with those
   */
  public StepProgress(String job, int before, int total) {
    this.job = job;
    this.before = before;
    this.total = total;
    this.isLogged = Progress.chosen(ProgressMode.AUTO) == ProgressMode.PLAIN;
  }

  /**
   * Says that a step has ended.
   *
   * @param step its number, from 1
   * @param figures of the step, for people
   */
  public void show(int step, String figures) {
    long now = System.nanoTime();
    double seconds = (now - startNanos) / 1e9;
    Steps steps = new Steps(job, before, step, total, seconds, figures);
    if (!isLogged) {
      block = block == null ? new TerminalBlock() : block;
      block.draw(steps.block(block.width()));
    } else if (now - lastNanos > LINE_NANOS || step == total) {
      lastNanos = now;
      LOG.log(Level.INFO, steps.line());
    }
  }

  /** Takes the lines away. */
  @Override
  public void close() {
    if (block != null) {
      block.close();
    }
  }

  /** How far they are after some seconds. */
  record Steps(String job, int before, int step, int total, double seconds, String figures) {
    List<String> block(int width) {
      return ProgressText.steps(job + ", " + figures, (double) step / total, count(), width);
    }

    String line() {
      return job + ": " + count() + ", " + figures;
    }

    private String count() {
      long left = Math.round(seconds * (total - step) / (step - before));
      return "step %,d of %,d%s".formatted(step, total, ProgressText.left(left));
    }
  }
}
