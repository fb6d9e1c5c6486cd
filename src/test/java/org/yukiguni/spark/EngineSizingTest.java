package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.job.AutoCount;
import org.yukiguni.job.EngineSpec;
import org.yukiguni.job.MemorySize;

final class EngineSizingTest {
  private static final EngineSpec AUTO =
      new EngineSpec(AutoCount.AUTO, AutoCount.AUTO, MemorySize.AUTO);

  @Test
  void aSmallModelGetsWhatItsRowsCanUse() {
    ModelLimits small = new ModelLimits(1024, 100, 1000);
    assertThat(EngineSizing.of(AUTO, small, "cpu", 64L << 30))
        .isEqualTo(new EngineLimits(64, 512, 64 * EngineLimits.leastKvBytes(small)));
  }

  @Test
  void aLargeModelGetsAQuarterOfTheMachine() {
    ModelLimits large = new ModelLimits(4096, 100, 1 << 20);
    assertThat(EngineSizing.of(AUTO, large, "cpu", 64L << 30).kvBytes()).isEqualTo(16L << 30);
    assertThat(EngineSizing.of(AUTO, large, "cpu", 8L << 30).kvBytes())
        .isEqualTo(EngineLimits.leastKvBytes(large));
  }

  @Test
  void theJobHasTheLastWord() {
    EngineSpec stated = new EngineSpec(new AutoCount(3), new AutoCount(5), new MemorySize(7));
    assertThat(EngineSizing.of(stated, new ModelLimits(8, 8, 8), "cuda:0", 1))
        .isEqualTo(new EngineLimits(3, 5, 7));
  }
}
