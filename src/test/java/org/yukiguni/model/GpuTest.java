package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class GpuTest {
  private static final List<Gpu> ALL =
      Gpu.parse(
          """
          0, GPU-8f2c, Tesla T4, 550.54.15, 15360, 14923, 7.5
          1, GPU-8f99, NVIDIA A100-SXM4-80GB, 550.54.15, 81920, 81000, 8.0
          2, GPU-77aa, NVIDIA H200, 550.54.15, 143771, 143100, 9.0
          """);

  @Test
  void readsWhatNvidiaSmiPrints() {
    assertThat(ALL).hasSize(3);
    assertThat(ALL.get(1))
        .isEqualTo(
            new Gpu(
                1,
                "GPU-8f99",
                "NVIDIA A100-SXM4-80GB",
                "550.54.15",
                81920L << 20,
                81000L << 20,
                80));
    assertThat(ALL).extracting(Gpu::hasBfloat16).containsExactly(false, true, true);
    assertThatThrownBy(() -> Gpu.parse("0, GPU-1, [N/A]"))
        .hasMessage(
            "Cannot read the line \"0, GPU-1, [N/A]\" of nvidia-smi because it has not seven"
                + " fields");
  }

  @Test
  void seesWhatCudaSees() {
    assertThat(names("2,0")).containsExactly(2, 0);
    assertThat(names("GPU-77, GPU-8f9")).containsExactly(2, 1);
    assertThat(names("1,9,0")).containsExactly(1);
    assertThat(names("GPU-8f,0")).isEmpty();
    assertThat(names("")).isEmpty();
    assertThat(names("-1")).isEmpty();
  }

  private static List<Integer> names(String chosen) {
    return Gpu.visible(ALL, chosen).stream().map(Gpu::index).toList();
  }
}
