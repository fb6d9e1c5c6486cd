package org.yukiguni.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/** libtorch in this process, through DJL. */
public final class TorchRuntime {
  private static final String ENGINE = "PyTorch";

  static {
    // DJL reports its start to its makers and may download natives; neither without being asked.
    setIfAbsent("OPT_OUT_TRACKING", "true");
    setIfAbsent("ai.djl.offline", "true");
  }

  private TorchRuntime() {}

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** The version of libtorch, such as {@code 2.7.1}; loads it. */
  public static String version() {
    return Engine.getEngine(ENGINE).getVersion();
  }

  /** How many CUDA devices libtorch can use; 0 with a CPU build. */
  public static int cudaDevices() {
    return Engine.getEngine(ENGINE).getGpuCount();
  }

  /** Sets how many threads an operation uses, where the current thread has another number. */
  static void setThreads(int threads) {
    if (JniUtils.getNumThreads() != threads) {
      JniUtils.setNumThreads(threads);
    }
  }

  /** Of tensors in the machine's memory. */
  static NDManager newHostManager() {
    return Engine.getEngine(ENGINE).newBaseManager(Device.cpu());
  }

  static NDManager newManager(ModelOptions options) {
    Engine engine = Engine.getEngine(ENGINE);
    setThreads(options.threads());
    Device device =
        options.device().equals("cpu")
            ? Device.cpu()
            : Device.gpu(Integer.parseInt(options.device().substring("cuda:".length())));
    return engine.newBaseManager(device);
  }
}
