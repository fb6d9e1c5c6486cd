package org.yukiguni.progress;

/** How progress is shown; always on standard error. */
public enum ProgressMode {
  /** A block where a person looks at a terminal, else log lines. */
  AUTO,
  /** One block that is drawn again every second. */
  BAR,
  /** A log line every ten seconds. */
  PLAIN,
  /** A JSON document on a line of its own every ten seconds. */
  JSON,
  /** Nothing. */
  NONE
}
