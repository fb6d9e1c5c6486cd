package org.yukiguni.hub;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs transfers side by side. */
final class Parallel {
  /** As many as Hugging Face's own library. */
  private static final int CONNECTIONS = 8;

  private Parallel() {}

  /**
   * Runs all tasks.
   *
   * @return their results, in the tasks' order
   * @throws IOException if one throws it; the others are broken off and waited for, as with any
   *     exception
   */
  static <T> List<T> run(List<Callable<T>> tasks) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      var finished = new ExecutorCompletionService<T>(threads);
      List<Future<T>> futures = new ArrayList<>();
      tasks.forEach(task -> futures.add(finished.submit(task)));
      for (int i = 0; i < futures.size(); i++) {
        finished.take().get();
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HubException.unreachable("Cannot fetch a model because it was broken off", e);
    } finally {
      end(threads);
    }
  }

  /** Not before all have ended, so that nobody writes to a file whose lock is given back. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean isInterrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static IOException unwrapped(Throwable cause) {
    if (cause instanceof IOException e) {
      return e;
    }
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    throw new IllegalStateException(cause);
  }
}
