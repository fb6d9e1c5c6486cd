package org.yukiguni.model;

import ai.djl.engine.EngineException;
import org.yukiguni.engine.DeviceFaultException;

/**
 * What libtorch's exceptions mean for those who run on; it tells them apart by their texts only.
 */
final class DeviceErrors {
  private DeviceErrors() {}

  /**
   * Throws what an exception means: out of memory, a lost device, or itself.
   *
   * @return never
   */
  static RuntimeException rethrow(EngineException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("out of memory")
        || message.contains("can't allocate memory")
        || message.contains("CUBLAS_STATUS_ALLOC_FAILED")
        || message.contains("std::bad_alloc")) {
      OutOfMemoryError error = new OutOfMemoryError(firstLine(message));
      error.initCause(e);
      throw error;
    }
    // After these every call to CUDA fails, in the whole process.
    if (message.contains("CUDA error") || message.contains("CUBLAS_STATUS_EXECUTION_FAILED")) {
      throw new DeviceFaultException(firstLine(message), e);
    }
    throw e;
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }
}
