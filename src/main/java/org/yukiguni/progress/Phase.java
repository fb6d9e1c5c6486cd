package org.yukiguni.progress;

import java.util.Locale;

/** What a job is doing. */
public enum Phase {
  /** Looks at the output folder and the input. */
  READING,
  /** Renders, tokenises and writes down the prompts. */
  PLANNING,
  /** Fetches the model to the hosts that do not have it. */
  DOWNLOADING,
  /** Opens the model on the executors. */
  LOADING,
  /** Generates. */
  GENERATING,
  /** Counts what was written. */
  FINISHING;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
