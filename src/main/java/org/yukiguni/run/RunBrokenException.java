package org.yukiguni.run;

/** A run that could not be finished; what it has finished is kept, and the same job goes on. */
public final class RunBrokenException extends RuntimeException {
  public RunBrokenException(String message) {
    super(message);
  }

  public RunBrokenException(String message, Throwable cause) {
    super(message, cause);
  }
}
