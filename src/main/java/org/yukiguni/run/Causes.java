package org.yukiguni.run;

import java.util.ArrayList;
import java.util.List;
import org.yukiguni.spark.EngineEndedException;

/** What an exception says to a person. */
public final class Causes {
  /** Longer chains are circles. */
  private static final int MAX_CAUSES = 50;

  private Causes() {}

  /**
   * Whether a failed Spark job may have failed by one of its rows: it ended its executor or its
   * engine. Other failures, as of a disk, are not cured by leaving rows out.
   */
  static boolean mayBeARow(Throwable failure) {
    for (Throwable cause : chain(failure)) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("ExecutorLostFailure")
          // With an executor its shuffle files are lost, and Spark may give up for want of these.
          || message.contains("has failed the maximum allowable number of times")
          || message.contains(ExecutorLosses.REASON)
          || cause instanceof EngineEndedException) {
        return true;
      }
    }
    return false;
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
