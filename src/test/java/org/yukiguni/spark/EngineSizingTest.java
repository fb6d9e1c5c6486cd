package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.job.AutoCount;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.job.MemorySize;
import org.yukiguni.model.DeviceMap;
import org.yukiguni.model.Precision;

final class EngineSizingTest {
  private static final EngineSpec AUTO =
      new EngineSpec(AutoCount.AUTO, AutoCount.AUTO, MemorySize.AUTO);

  private static final DeviceMap CPU = DeviceMap.whole("cpu", Precision.FLOAT32, 2);
  private static final DeviceMap GPU = DeviceMap.whole("cuda:0", Precision.BFLOAT16, 2);
  private static final long GIB = 1L << 30;

  @Test
  void aSmallModelGetsWhatItsRowsCanUse() {
    ModelLimits small = new ModelLimits(1024, 100, 1000);
    assertThat(EngineSizing.of(AUTO, small, CPU, 60 * GIB, 64 * GIB))
        .isEqualTo(new EngineLimits(64, 512, 64 * EngineLimits.leastKvBytes(small)));
    assertThat(EngineSizing.of(AUTO, small, GPU, 60 * GIB, 64 * GIB))
        .isEqualTo(new EngineLimits(256, 4096, 256 * EngineLimits.leastKvBytes(small)));
  }

  @Test
  void aLargeModelGetsAQuarterOfTheMachine() {
    ModelLimits large = new ModelLimits(4096, 100, 1 << 20);
    assertThat(EngineSizing.of(AUTO, large, CPU, 60 * GIB, 64 * GIB).kvBytes()).isEqualTo(16 * GIB);
    assertThat(EngineSizing.of(AUTO, large, CPU, 2 * GIB, 8 * GIB).kvBytes())
        .isEqualTo(EngineLimits.leastKvBytes(large));
  }

  @Test
  void onAGpuItGetsAllThatIsLeftAndNoMore() {
    ModelLimits large = new ModelLimits(4096, 100, 1 << 20);
    assertThat(EngineSizing.of(AUTO, large, GPU, 3 * GIB, 64 * GIB).kvBytes()).isEqualTo(3 * GIB);
    DeviceMap both =
        new DeviceMap(
            List.of(
                new DeviceMap.Part("cuda:0", Precision.BFLOAT16, 1),
                new DeviceMap.Part("cpu", Precision.FLOAT32, 1)));
    assertThat(EngineSizing.of(AUTO, large, both, 30 * GIB, 64 * GIB))
        .isEqualTo(new EngineLimits(64, 512, 16 * GIB));
  }

  @Test
  void theJobHasTheLastWord() {
    EngineSpec stated = new EngineSpec(new AutoCount(3), new AutoCount(5), new MemorySize(7));
    assertThat(EngineSizing.of(stated, new ModelLimits(8, 8, 8), GPU, 9, 1))
        .isEqualTo(new EngineLimits(3, 5, 7));
  }
}
