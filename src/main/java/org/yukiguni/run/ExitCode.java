package org.yukiguni.run;

/** How a run ended, as the process tells it; a later constant is worse. */
public enum ExitCode {
  /** All rows have their completions. */
  OK(0),
  /** The job or its input is wrong, and nothing was generated. */
  WRONG_JOB(1),
  /** More rows failed than {@code run.max_error_ratio} allows. */
  TOO_MANY_ERRORS(2),
  /** The run broke; the same command goes on with it. */
  BROKEN(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The process's exit code. */
  public int code() {
    return code;
  }

  /** The worse of two. */
  public ExitCode worseOf(ExitCode other) {
    return other.code > code ? other : this;
  }
}
