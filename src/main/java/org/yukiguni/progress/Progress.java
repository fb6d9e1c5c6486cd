package org.yukiguni.progress;

import java.lang.System.Logger.Level;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.yukiguni.spark.LiveBoard;
import org.yukiguni.spark.Sums;

/** Shows how far a run is, from {@link #open} until it is closed. */
public final class Progress implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Progress.class.getName());
  private static final int LINE_SECONDS = 10;

  private final ProgressMode mode;
  private final LiveBoard board;
  private final ProgressMeter meter;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });

  /** Opened when there is something to draw: what is done in a second is not shown. */
  private TerminalBlock block;

  private int ticks;
  private boolean isClosed;

  private Progress(String job, ProgressMode mode, LiveBoard board) {
    this.mode = mode;
    this.board = board;
    this.meter = new ProgressMeter(job, () -> System.nanoTime() / 1e9);
  }

  /** Shows from now on. */
  public static Progress open(String job, ProgressMode mode, LiveBoard board) {
    board.watch(() -> Sums.ZERO);
    Progress progress = new Progress(job, chosen(mode), board);
    if (progress.mode != ProgressMode.NONE) {
      var unused = progress.timer.scheduleAtFixedRate(progress::tick, 1, 1, TimeUnit.SECONDS);
    }
    return progress;
  }

  /** Says what the run is doing now. */
  public void enter(Phase phase) {
    synchronized (meter) {
      meter.enter(phase);
    }
  }

  /**
   * Says what there is to do, and enters {@link Phase#GENERATING}.
   *
   * @param work without the prompts' tokens
   * @param promptTokens counts them; called beside the run, since it may take a while
   */
  public void generate(Work work, LongSupplier promptTokens) {
    synchronized (meter) {
      meter.plan(work);
      meter.enter(Phase.GENERATING);
    }
    if (mode != ProgressMode.NONE) {
      Thread counter = new Thread(() -> count(work, promptTokens), "count-prompt-tokens");
      counter.setDaemon(true);
      counter.start();
    }
  }

  private void count(Work work, LongSupplier promptTokens) {
    try {
      long tokens = promptTokens.getAsLong();
      synchronized (meter) {
        meter.plan(new Work(work.rows(), work.rowsBefore(), work.completionsPerRow(), tokens));
      }
    } catch (RuntimeException e) {
      // The time to go is then that of the completions alone.
      LOG.log(Level.DEBUG, "cannot count the prompts' tokens", e);
    }
  }

  /** Ends it, and takes the block away; closing again does nothing. */
  @Override
  public void close() {
    // Not interrupted: JLine would take a terminal that is being opened for one without a cursor.
    timer.shutdown();
    synchronized (this) {
      if (!isClosed && block != null) {
        block.close();
      }
      isClosed = true;
    }
  }

  private void tick() {
    ProgressState state;
    synchronized (meter) {
      state = meter.read(board.sums(), board.fetches(), board.executors());
    }
    ticks++;
    if (mode == ProgressMode.BAR) {
      synchronized (this) {
        if (!isClosed) {
          block = block == null ? new TerminalBlock() : block;
          block.draw(ProgressText.block(state, block.width()));
        }
      }
    } else if (ticks % LINE_SECONDS == 0) {
      if (mode == ProgressMode.JSON) {
        System.err.println(state.json());
      } else {
        LOG.log(Level.INFO, ProgressText.line(state));
      }
    }
  }

  /**
   * Java 17 has a console only if both input and output are a terminal. Java 22 always has one;
   * there, ask {@code Console.isTerminal} once the project is built for it.
   */
  @SuppressWarnings("SystemConsoleNull")
  static ProgressMode chosen(ProgressMode mode) {
    return mode != ProgressMode.AUTO
        ? mode
        : System.console() == null ? ProgressMode.PLAIN : ProgressMode.BAR;
  }
}
