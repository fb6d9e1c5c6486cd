package org.yukiguni.run;

import java.util.ArrayList;
import java.util.List;
import org.yukiguni.spark.EngineEndedException;
import org.yukiguni.spark.ExecutorEnd;

/** What an exception says to a person. */
public final class Causes {
  /** Longer chains are circles. */
  private static final int MAX_CAUSES = 50;

  /**
   * What is in the messages of jobs that failed for want of an executor, or of what went with it.
   * Spark has no exception of its own for any of them.
   */
  private static final List<String> LOSSES =
      List.of(
          "ExecutorLostFailure",
          ExecutorLosses.REASON,
          // Its shuffle files, at first and again and again.
          "FetchFailed",
          "has failed the maximum allowable number of times",
          // What it had computed, and the parts of broadcasts that it had.
          "TaskResultLost",
          "ExecutorDeadException",
          "Failed to get broadcast_",
          // All executors that might run a task have failed at it.
          "cannot run anywhere due to node and executor excludeOnFailure",
          // Thrown in a task, these end its executor when the driver has been told.
          "java.lang.OutOfMemoryError",
          ExecutorEnd.class.getName());

  private Causes() {}

  /**
   * Whether a failed Spark job may have failed by one of its rows: it ended its executor or its
   * engine. Other failures, as of a disk, are not cured by leaving rows out. To take one of these
   * for a row's costs time and no row, since all parts of its chunk fail then.
   */
  static boolean mayBeARow(Throwable failure) {
    for (Throwable cause : chain(failure)) {
      if (cause instanceof EngineEndedException || isLoss(String.valueOf(cause.getMessage()))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a message of Spark tells of a lost executor. */
  static boolean isLoss(String message) {
    return LOSSES.stream().anyMatch(message::contains);
  }

  /** The exception and its causes, from the outermost on. */
  private static List<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = thrown;
        cause != null && chain.size() < MAX_CAUSES;
        cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }

  /**
   * The innermost message of a chain of causes, on one line. Spark puts the stack trace of a task
   * into the message of its outer exceptions; the innermost one is what our own code said.
   */
  public static String sentence(Throwable thrown) {
    Throwable inner = thrown;
    for (Throwable cause : chain(thrown)) {
      inner = cause;
    }
    String message = inner.getMessage();
    String text = message == null || message.isBlank() ? inner.getClass().getSimpleName() : message;
    return text.lines().findFirst().orElse(text).strip();
  }
}
