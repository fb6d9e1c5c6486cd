package org.yukiguni.job;

/** What a run does when its output folder already holds results. */
public enum OutputMode {
  /** Do what is missing of the same job's run; refuse if the job or the input has changed. */
  RESUME,
  /** Do what is missing of the same job's run, or start one beside those that are done. */
  NEW,
  /** Remove them and start anew. */
  OVERWRITE,
  /** Refuse to start. */
  FAIL
}
