package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.yukiguni.script.ScriptModule;

/**
 * What a device reaches on the same threads and kernels as a model.
 *
 * @param bytesPerSecond when reading memory
 * @param operationsPerSecond of a large matrix product, an addition and a multiplication counted as
 *     two
 */
public record Machine(double bytesPerSecond, double operationsPerSecond) {
  /** Far more than caches hold. */
  private static final int READ_FLOATS = 1 << 27;

  private static final int WIDTH = 4096;

  /** Rows of the product: enough that a GPU has something to do. */
  private static final int CPU_ROWS = 256;

  private static final int GPU_ROWS = 8192;

  /** Measures for about two seconds. */
  public static Machine measure(ModelOptions options) {
    return TorchRuntime.onPassingThread(() -> measureHere(options));
  }

  private static Machine measureHere(ModelOptions options) {
    try (NDManager manager = TorchRuntime.newManager(options);
        ScriptModule module =
            ScriptModule.compile(
                manager,
                "machine",
                List.of("machine.py", ModelScripts.Linear.best(options).source()))) {
      int rows = options.device().equals("cpu") ? CPU_ROWS : GPU_ROWS;
      int type = options.precision().scriptType();
      module.run("prepare", READ_FLOATS, WIDTH, rows, options.device(), type);
      double read = seconds(manager, module, "read");
      double product = seconds(manager, module, "product");
      return new Machine(4. * READ_FLOATS / read, 2. * WIDTH * WIDTH * rows / product);
    }
  }

  /** Of the fastest of some calls. */
  private static double seconds(NDManager manager, ScriptModule module, String method) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 12; i++) {
      long start = System.nanoTime();
      // To look at a number waits for a device that works apart.
      try (NDArray number = module.tensor(manager, method)) {
        number.toFloatArray();
      }
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / 1e9;
  }
}
