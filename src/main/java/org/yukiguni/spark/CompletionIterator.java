package org.yukiguni.spark;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/**
 * Streams a partition through the engine: as long as there are rows, a bounded number of them is
 * submitted, and output rows are handed on as they come. What it holds does not grow with the
 * partition.
 */
final class CompletionIterator implements Iterator<Row> {
  private final Iterator<Row> plan;
  private final RowWindow window;
  private final int windowSequences;
  private final Runnable killCheck;
  private final Runnable endCheck;

  /**
   * Streams the rows of a plan.
   *
   * @param windowSequences sequences that are enough for the engine: when so many are submitted and
   *     not finished, no row is added
   * @param killCheck throws if the task was killed
   * @param endCheck throws if what was handed on must not count
   */
  CompletionIterator(
      Iterator<Row> plan,
      RowWindow window,
      int windowSequences,
      Runnable killCheck,
      Runnable endCheck) {
    this.plan = plan;
    this.window = window;
    this.windowSequences = windowSequences;
    this.killCheck = killCheck;
    this.endCheck = endCheck;
  }

  @Override
  public boolean hasNext() {
    fill();
    while (!window.hasReady() && window.numOpen() > 0) {
      window.await(killCheck);
      fill();
    }
    if (!window.hasReady()) {
      endCheck.run();
    }
    return window.hasReady();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return window.takeReady();
  }

  private void fill() {
    // Rows that fail at once do not stay open, so they are bounded by what waits to be taken.
    while (window.numOpen() < windowSequences
        && window.numReady() < windowSequences
        && plan.hasNext()) {
      window.submit(PromptRow.of(plan.next()));
    }
  }
}
