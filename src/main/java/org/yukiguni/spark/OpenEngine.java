package org.yukiguni.spark;

import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;

/**
 * A running engine and what it takes on at once.
 *
 * @param engine closed with this record
 * @param device where the model lies; several are joined by {@code +}
 * @param limits the ones it was started with
 * @param check throws if what the engine was opened from has changed since
 */
public record OpenEngine(Engine engine, String device, EngineLimits limits, Runnable check)
    implements AutoCloseable {
  /**
   * Checks at the end of a task that its rows can be trusted.
   *
   * @throws RuntimeException if not; the engine is closed then, so that the next task opens another
   */
  void checkSource() {
    try {
      check.run();
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
