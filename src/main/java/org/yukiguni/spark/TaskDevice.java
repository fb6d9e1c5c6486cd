package org.yukiguni.spark;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.apache.spark.TaskContext;
import org.yukiguni.job.Device;

/** Which devices a task has: what the job wants, among what Spark granted the task. */
final class TaskDevice {
  private static final System.Logger LOG = System.getLogger(TaskDevice.class.getName());
  private static final AtomicBoolean WARNED = new AtomicBoolean();
  static final String CPU = "cpu";

  static {
    ExecutorLogs.connect();
  }

  private TaskDevice() {}

  /**
   * The devices for a task.
   *
   * @param cudaDevices how many libtorch sees; asked only if it matters
   * @return {@code cpu}, or {@code cuda:N} for each GPU that Spark granted
   * @throws IllegalStateException if the job insists on a GPU that the task does not have
   */
  static List<String> of(TaskContext task, Device wanted, IntSupplier cudaDevices) {
    return choose(wanted, grantedTo(task), cudaDevices);
  }

  /**
   * The device for a task that computes gradients, whose scripts are for processors only.
   *
   * @throws IllegalStateException if the job insists on a GPU
   */
  static String forTraining(Device wanted) {
    if (wanted.kind() == Device.Kind.CUDA) {
      throw new IllegalStateException(
          "Cannot train on %s because gradients are computed on CPUs only; set model.device: cpu"
              .formatted(wanted));
    }
    return CPU;
  }

  /** The N of {@code cuda:N}. */
  static int indexOf(String device) {
    return Integer.parseInt(device.substring("cuda:".length()));
  }

  static List<String> choose(Device wanted, List<String> granted, IntSupplier cudaDevices) {
    return switch (wanted.kind()) {
      case CPU -> List.of(CPU);
      case AUTO -> granted.isEmpty() ? List.of(CPU) : grantedOrCpu(granted, cudaDevices.getAsInt());
      case CUDA ->
          wanted.index() >= 0
              ? List.of(numbered(wanted, granted, cudaDevices.getAsInt()))
              : granted(granted, cudaDevices.getAsInt());
    };
  }

  private static List<String> grantedOrCpu(List<String> granted, int numDevices) {
    if (numDevices > 0) {
      return visible(granted, numDevices);
    }
    if (WARNED.compareAndSet(false, true)) {
      LOG.log(Level.WARNING, fallback(granted));
    }
    return List.of(CPU);
  }

  /** What to say where {@code auto} ends on the CPU though Spark granted GPUs. */
  private static String fallback(List<String> granted) {
    return "Spark granted GPU %s, but this libtorch has no CUDA: GENERATING ON THE CPU; put a CUDA build of libtorch on the executors, or set model.device: cpu"
        .formatted(String.join(", ", granted));
  }

  /**
   * What should be said loudly about the devices of a task; empty for nothing.
   *
   * @param devices from {@link #of}
   */
  static Optional<String> warning(TaskContext task, Device wanted, List<String> devices) {
    return wanted.kind() == Device.Kind.AUTO
            && devices.equals(List.of(CPU))
            && !grantedTo(task).isEmpty()
        ? Optional.of(fallback(grantedTo(task)))
        : Optional.empty();
  }

  private static List<String> grantedTo(TaskContext task) {
    var gpu = task.resourcesJMap().get("gpu");
    return gpu == null ? List.of() : List.of(gpu.addresses());
  }

  private static List<String> granted(List<String> granted, int numDevices) {
    if (granted.isEmpty()) {
      throw new IllegalStateException(
          "Cannot run on cuda because Spark granted the task no GPU; set"
              + " spark.executor.resource.gpu.amount and spark.task.resource.gpu.amount (see"
              + " conf/spark-gpu.conf), or name one as model.device: cuda:0");
    }
    return visible(granted, numDevices);
  }

  private static String numbered(Device wanted, List<String> granted, int numDevices) {
    String address = Integer.toString(wanted.index());
    if (!granted.isEmpty() && !granted.contains(address)) {
      throw new IllegalStateException(
          "Cannot run on %s because Spark granted the task GPU %s; set model.device: cuda to use it"
              .formatted(wanted, String.join(", ", granted)));
    }
    return visible(address, numDevices);
  }

  private static List<String> visible(List<String> granted, int numDevices) {
    return granted.stream().map(address -> visible(address, numDevices)).toList();
  }

  private static String visible(String address, int numDevices) {
    if (numDevices == 0) {
      throw new IllegalStateException(
          "Cannot run on cuda:%s because this libtorch has no CUDA; put a CUDA build of libtorch on the executors, or set model.device: cpu"
              .formatted(address));
    }
    if (Integer.parseInt(address) >= numDevices) {
      throw new IllegalStateException(
          "Cannot run on cuda:%s because libtorch sees %d device(s), numbered from 0; check CUDA_VISIBLE_DEVICES and the discovery script"
              .formatted(address, numDevices));
    }
    return "cuda:" + address;
  }
}
