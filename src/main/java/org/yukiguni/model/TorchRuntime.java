package org.yukiguni.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

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
    // DJL counts through CUDA's own library, which may lie where only libtorch looks for it.
    return hasCuda() ? Math.max(Gpu.visible().size(), Engine.getEngine(ENGINE).getGpuCount()) : 0;
  }

  private static boolean hasCuda() {
    return Engine.getEngine(ENGINE).hasCapability(StandardCapabilities.CUDA);
  }

  /** What this process computes with, for people. */
  public static String description() {
    return "libtorch %s %s, %s"
        .formatted(version(), hasCuda() ? "with CUDA" : "without CUDA", libc());
  }

  private static String libc() {
    try {
      Process process = new ProcessBuilder("getconf", "GNU_LIBC_VERSION").start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "no glibc";
    }
  }

  /**
   * Computes a little on a device.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @return why it failed, as a sentence; empty if it did not
   */
  public static Optional<String> trial(String device) {
    if (!device.equals("cpu") && !hasCuda()) {
      return Optional.of(
          "Cannot use %s because this is %s; see conf/spark-gpu.conf for what a GPU needs"
              .formatted(device, description()));
    }
    try (NDManager manager = newManager(device)) {
      float sum = manager.ones(new Shape(2, 3)).sum().toFloatArray()[0];
      return sum == 6
          ? Optional.empty()
          : Optional.of("Cannot use " + device + " because its sum of six ones is " + sum);
    } catch (EngineException e) {
      return Optional.of(
          "Cannot use %s because %s; check that its driver is as new as the CUDA of this %s"
              .formatted(
                  device,
                  String.valueOf(e.getMessage()).strip().lines().findFirst().orElse(""),
                  description()));
    }
  }

  /** Sets how many threads an operation uses, where the current thread has another number. */
  static void setThreads(int threads) {
    if (JniUtils.getNumThreads() != threads) {
      JniUtils.setNumThreads(threads);
    }
  }

  /**
   * Runs work that computes, on a thread that ends with it, and waits for it.
   *
   * <p>libgomp keeps helpers for every thread that has computed. Once all of these are more than
   * the processors, helpers sleep between two operations instead of waiting awake ({@code
   * gomp_throttled_spin_count_var} in its env.c), and a step of many small operations takes half as
   * long again. So only threads that run steps may live on.
   */
  static <T> T onPassingThread(Supplier<T> work) {
    String name = Thread.currentThread().getName() + ", libtorch";
    try {
      return CompletableFuture.supplyAsync(work, task -> new Thread(task, name).start()).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException exception ? exception : e;
    }
  }

  /** Of tensors in the machine's memory. */
  static NDManager newHostManager() {
    return Engine.getEngine(ENGINE).newBaseManager(Device.cpu());
  }

  static NDManager newManager(ModelOptions options) {
    NDManager manager = newManager(options.device());
    setThreads(options.threads());
    return manager;
  }

  private static NDManager newManager(String device) {
    return Engine.getEngine(ENGINE)
        .newBaseManager(
            device.equals("cpu")
                ? Device.cpu()
                : Device.gpu(Integer.parseInt(device.substring("cuda:".length()))));
  }
}
