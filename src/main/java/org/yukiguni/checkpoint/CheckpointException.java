package org.yukiguni.checkpoint;

/** A checkpoint cannot be used; the message is one sentence that says which file, what and why. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
