package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.DevicePlan;
import org.yukiguni.job.Dtype;
import org.yukiguni.model.DeviceMap.Room;
import org.yukiguni.model.Gpu;
import org.yukiguni.model.Precision;

final class DeviceRoomsTest {
  private static final long GIB = 1L << 30;
  private static final List<Gpu> GPUS =
      List.of(
          new Gpu(0, "GPU-0", "NVIDIA H200", "550", 141 * GIB, 100 * GIB, 90),
          new Gpu(1, "GPU-1", "Tesla T4", "550", 15 * GIB, 10 * GIB, 75));

  @Test
  void theFirstDeviceUnlessTheLayersMayBeSpread() {
    assertThat(rooms(DevicePlan.NONE, Dtype.AUTO, "cuda:0", "cuda:1"))
        .containsExactly(
            new Room(
                "cuda:0",
                Precision.BFLOAT16,
                100 * GIB / 100 * 90,
                "90 % of 100.00 GiB free on its NVIDIA H200"));
    List<Room> all = rooms(DevicePlan.AUTO, Dtype.AUTO, "cuda:1", "cuda:0");
    assertThat(all).extracting(Room::device).containsExactly("cuda:1", "cuda:0", "cpu");
    assertThat(all)
        .extracting(Room::precision)
        .containsExactly(Precision.FLOAT16, Precision.BFLOAT16, Precision.FLOAT32);
    assertThat(rooms(DevicePlan.AUTO, Dtype.AUTO, "cpu"))
        .extracting(Room::device)
        .containsExactly("cpu");
  }

  @Test
  void theTypeIsTheJobsIfTheDeviceHasIt() {
    assertThat(rooms(DevicePlan.NONE, Dtype.FLOAT32, "cuda:0").get(0).precision())
        .isEqualTo(Precision.FLOAT32);
    assertThat(rooms(DevicePlan.NONE, Dtype.FLOAT16, "cuda:0").get(0).precision())
        .isEqualTo(Precision.FLOAT16);
    assertThatThrownBy(() -> rooms(DevicePlan.NONE, Dtype.BFLOAT16, "cuda:1"))
        .hasMessage(
            "Cannot compute in bfloat16 on cuda:1 because a Tesla T4 of compute capability 7.5 has"
                + " none; set model.dtype: float16");
    assertThatThrownBy(() -> rooms(DevicePlan.AUTO, Dtype.FLOAT16, "cpu"))
        .hasMessage(
            "Cannot compute in float16 on the CPU because only GPUs are fast at it; set"
                + " model.dtype: auto");
  }

  @Test
  void aGpuOfUnknownMemoryIsRefused() {
    assertThatThrownBy(() -> rooms(DevicePlan.NONE, Dtype.AUTO, "cuda:2"))
        .hasMessage(
            "Cannot tell how much memory cuda:2 has because nvidia-smi lists 2 GPU(s) of"
                + " CUDA_VISIBLE_DEVICES; put nvidia-smi on the executors' PATH");
  }

  @Test
  void theCpuHasWhatJavaLeaves() {
    assertThat(DeviceRooms.cpu(16 * GIB, 3 * GIB))
        .isEqualTo(
            new Room(
                "cpu",
                Precision.FLOAT32,
                13 * GIB,
                "the machine's 16.00 GiB less 3.00 GiB of Java's heap"));
  }

  private static List<Room> rooms(DevicePlan plan, Dtype dtype, String... devices) {
    return DeviceRooms.of(List.of(devices), plan, dtype, () -> GPUS);
  }
}
