package org.yukiguni.hub;

/** A model cannot be had. The message is a sentence that says what to do. */
public final class HubException extends RuntimeException {
  private final Reason reason;

  /** What may help. */
  public enum Reason {
    /** Nothing but a change of the job, the environment or the rights. */
    REFUSED,
    /** Time: the network or a server failed, and all attempts are used up. */
    UNREACHABLE
  }

  private HubException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  static HubException refused(String message) {
    return new HubException(Reason.REFUSED, message, null);
  }

  static HubException unreachable(String message, Throwable cause) {
    return new HubException(Reason.UNREACHABLE, message, cause);
  }

  /** What may help. */
  public Reason reason() {
    return reason;
  }
}
