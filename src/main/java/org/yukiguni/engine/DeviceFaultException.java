package org.yukiguni.engine;

/**
 * The device cannot be used any more by this process, as after an illegal access on a GPU. Whoever
 * sees it must end the process; no later step can succeed.
 */
public final class DeviceFaultException extends RuntimeException {
  public DeviceFaultException(String message, Throwable cause) {
    super(message, cause);
  }
}
