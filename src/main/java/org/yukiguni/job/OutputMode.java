package org.yukiguni.job;

/** What a run does when its output folder already holds results. */
public enum OutputMode {
  /** Do what is missing of the same run. */
  RESUME,
  /** Remove them and start anew. */
  OVERWRITE,
  /** Refuse to start. */
  FAIL
}
