package org.yukiguni.spark;

/** A task failed because its engine ended; it may be run again, and gets a new one. */
public final class EngineEndedException extends RuntimeException {
  EngineEndedException(String message) {
    super(message);
  }
}
