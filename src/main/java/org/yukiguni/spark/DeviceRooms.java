package org.yukiguni.spark;

import static org.yukiguni.model.ModelMemory.gib;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.yukiguni.job.DevicePlan;
import org.yukiguni.job.Dtype;
import org.yukiguni.model.DeviceMap.Room;
import org.yukiguni.model.Gpu;
import org.yukiguni.model.Precision;

/** How much room a model has on the devices of a task, and the type it computes in there. */
final class DeviceRooms {
  /** The rest is for activations, logits and the kernels' own memory. */
  private static final int GPU_PERCENT = 90;

  private DeviceRooms() {}

  /**
   * The rooms that may be filled, in order.
   *
   * @param devices of the task, see {@link TaskDevice}
   * @param visible the GPUs that there are, in CUDA's order; asked only if it matters
   * @throws IllegalStateException if the type cannot be had, or a GPU's memory is not known
   */
  static List<Room> of(
      List<String> devices, DevicePlan plan, Dtype dtype, Supplier<List<Gpu>> visible) {
    List<Room> rooms = new ArrayList<>();
    for (String device : plan == DevicePlan.AUTO ? devices : devices.subList(0, 1)) {
      if (!device.equals(TaskDevice.CPU)) {
        rooms.add(gpu(device, dtype, visible.get()));
      }
    }
    if (rooms.isEmpty() && (dtype == Dtype.FLOAT16 || dtype == Dtype.BFLOAT16)) {
      throw new IllegalStateException(
          "Cannot compute in %s on the CPU because only GPUs are fast at it; set model.dtype: auto"
              .formatted(dtype.name().toLowerCase(Locale.ROOT)));
    }
    if (rooms.isEmpty() || plan == DevicePlan.AUTO) {
      rooms.add(cpu(MachineMemory.bytes(), Runtime.getRuntime().totalMemory()));
    }
    return rooms;
  }

  static Room cpu(long machineBytes, long heapBytes) {
    return new Room(
        TaskDevice.CPU,
        Precision.FLOAT32,
        machineBytes - heapBytes,
        "the machine's %s less %s of Java's heap".formatted(gib(machineBytes), gib(heapBytes)));
  }

  private static Room gpu(String device, Dtype dtype, List<Gpu> visible) {
    int index = TaskDevice.indexOf(device);
    if (index >= visible.size()) {
      throw new IllegalStateException(
          "Cannot tell how much memory %s has because nvidia-smi lists %d GPU(s) of CUDA_VISIBLE_DEVICES; put nvidia-smi on the executors' PATH"
              .formatted(device, visible.size()));
    }
    Gpu gpu = visible.get(index);
    return new Room(
        device,
        precision(device, dtype, gpu),
        gpu.freeBytes() / 100 * GPU_PERCENT,
        "%d %% of %s free on its %s".formatted(GPU_PERCENT, gib(gpu.freeBytes()), gpu.name()));
  }

  private static Precision precision(String device, Dtype dtype, Gpu gpu) {
    return switch (dtype) {
      case AUTO -> gpu.hasBfloat16() ? Precision.BFLOAT16 : Precision.FLOAT16;
      case FLOAT32 -> Precision.FLOAT32;
      case FLOAT16 -> Precision.FLOAT16;
      case BFLOAT16 -> {
        if (!gpu.hasBfloat16()) {
          throw new IllegalStateException(
              "Cannot compute in bfloat16 on %s because a %s of compute capability %.1f has none; set model.dtype: float16"
                  .formatted(device, gpu.name(), gpu.computeCapability() / 10.));
        }
        yield Precision.BFLOAT16;
      }
    };
  }
}
