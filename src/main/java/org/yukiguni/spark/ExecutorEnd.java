package org.yukiguni.spark;

import org.apache.spark.SparkEnv;

/**
 * Ends the executor that runs this task, so that Spark replaces it: Spark takes every virtual
 * machine error of a task for a reason to end the JVM, after it has told the driver.
 */
public final class ExecutorEnd extends VirtualMachineError {
  private static final String DRIVER = "driver";

  private ExecutorEnd(String message) {
    super(message);
  }

  /**
   * Fails the task, and its executor with it.
   *
   * @throws EngineEndedException in local mode, where the JVM is the driver's and cannot be
   *     replaced
   */
  static void because(String message) {
    if (SparkEnv.get().executorId().equals(DRIVER)) {
      throw new EngineEndedException(message);
    }
    throw new ExecutorEnd(message);
  }
}
