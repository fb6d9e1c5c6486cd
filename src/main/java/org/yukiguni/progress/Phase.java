package org.yukiguni.progress;

import java.util.Locale;

/** What a job is doing. */
public enum Phase {
  /** Looks at the output folder and the input. */
  READING,
  /** Renders, tokenises and writes down the prompts. */
  PLANNING,
  /** Opens the model on the executors, and fetches it first if it is a hub's. */
  LOADING,
  /** Generates. */
  GENERATING,
  /** Counts what was written. */
  FINISHING;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
