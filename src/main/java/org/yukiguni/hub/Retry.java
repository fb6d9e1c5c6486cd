package org.yukiguni.hub;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** Tries again what may go well later: a broken connection, a server that is busy or ill. */
final class Retry {
  private static final System.Logger LOG = System.getLogger(Retry.class.getName());
  private static final int ATTEMPTS = 6;
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(16);

  /** The hub counts requests in windows of five minutes. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final Pause pause;

  /** Lets time pass; tests only note it. */
  interface Pause {
    void await(Duration time) throws InterruptedException;
  }

  /** Something that may fail. */
  interface Attempt<T> {
    T run() throws IOException, InterruptedException;
  }

  /** A failure that time may cure. The message tells the reason, without "Cannot". */
  static final class TransientException extends IOException {
    private final transient Duration wait;

    TransientException(String reason) {
      this(reason, Duration.ZERO);
    }

    /**
     * With what the server says.
     *
     * @param wait no attempt makes sense before this has passed; zero if it said nothing
     */
    TransientException(String reason, Duration wait) {
      super(reason);
      this.wait = wait;
    }
  }

  Retry(Pause pause) {
    this.pause = pause;
  }

  /**
   * Runs something until it goes well.
   *
   * @param what is done, as in "Cannot WHAT because"
   * @throws HubException if the last attempt fails, if the server wants more patience than we have,
   *     or if the thread is interrupted
   */
  <T> T call(String what, Attempt<T> attempt) {
    for (int failures = 1; ; failures++) {
      try {
        try {
          return attempt.run();
        } catch (IOException e) {
          Duration wait = wait(e, failures);
          if (failures == ATTEMPTS || wait.compareTo(LONGEST_WAIT) > 0) {
            throw HubException.unreachable(sentence(what, e, failures, wait), e);
          }
          LOG.log(
              Level.WARNING,
              "could not {0} because {1}; again in {2} s",
              what,
              reason(e),
              wait.toSeconds());
          pause.await(wait);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw HubException.unreachable("Cannot " + what + " because it was broken off", e);
      }
    }
  }

  private static Duration wait(IOException problem, int failures) {
    Duration backoff = Duration.ofSeconds(1L << (failures - 1));
    Duration bounded = backoff.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff;
    Duration asked = problem instanceof TransientException t ? t.wait : Duration.ZERO;
    return asked.compareTo(bounded) > 0 ? asked : bounded;
  }

  private static String sentence(String what, IOException problem, int failures, Duration wait) {
    return wait.compareTo(LONGEST_WAIT) > 0
        ? "Cannot %s because %s and asks to wait %d s; run it again then"
            .formatted(what, reason(problem), wait.toSeconds())
        : "Cannot %s because %s, at each of %d attempts; run it again later, what was fetched is kept"
            .formatted(what, reason(problem), failures);
  }

  private static String reason(IOException problem) {
    if (problem instanceof TransientException) {
      return problem.getMessage();
    }
    return problem instanceof HttpTimeoutException
        ? "the server does not answer"
        : "of " + problem.getClass().getSimpleName() + said(problem);
  }

  /** The JDK's client often says nothing itself but has a cause that does. */
  private static String said(Throwable problem) {
    for (Throwable t = problem; t != null; t = t.getCause()) {
      if (t.getMessage() != null) {
        return " (" + t.getMessage() + ")";
      }
    }
    return "";
  }
}
