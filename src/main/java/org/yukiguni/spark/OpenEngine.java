package org.yukiguni.spark;

import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;

/**
 * A running engine and what it takes on at once.
 *
 * @param engine closed with this record
 * @param limits the ones it was started with
 */
public record OpenEngine(Engine engine, EngineLimits limits) implements AutoCloseable {
  @Override
  public void close() {
    engine.close();
  }
}
