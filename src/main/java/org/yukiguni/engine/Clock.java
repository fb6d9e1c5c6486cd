package org.yukiguni.engine;

import java.time.Instant;

/** The engine's time, so that tests can set it. */
public interface Clock {
  /** Nanoseconds since an arbitrary moment; never runs backwards. */
  long nanos();

  /** The wall clock. */
  Instant now();

  /** The machine's clocks. */
  Clock SYSTEM =
      new Clock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }
      };
}
