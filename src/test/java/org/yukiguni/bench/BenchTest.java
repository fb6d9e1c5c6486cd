package org.yukiguni.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.engine.Sampling;
import org.yukiguni.model.Machine;
import org.yukiguni.model.ModelOptions;
import org.yukiguni.model.WeightFormat;

/** That the benchmark measures what it says; never how much. */
class BenchTest {
  private static final Path MINI = Path.of("data/models/yukiguni-mini");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"GPT2_110M", "NEOX_410M", "LLAMA_1_1B"})
  void aRandomCheckpointHasEveryTensorOfItsShape(ModelShape shape) {
    assertThat(ModelShape.of(shape.label())).contains(shape);
    Checkpoint checkpoint = Checkpoint.open(RandomCheckpoint.write(shape, folder));
    assertThat(checkpoint.layer(checkpoint.config().layers() - 1)).isNotEmpty();
  }

  @Test
  void timesAreThoseOfTheWorkload() {
    Timed timed = new Timed(new Workload(8, 512, 0, 65, 4), 2, 10, 500);
    assertThat(timed.prefillRate()).isCloseTo(2 * 512 / 2., Offset.offset(1e-9));
    assertThat(timed.stepSeconds()).isCloseTo(8 / 64., Offset.offset(1e-9));
    assertThat(timed.decodeRate()).isCloseTo(64, Offset.offset(1e-9));
    assertThat(timed.totalRate()).isCloseTo(8 * 65 / 10., Offset.offset(1e-9));
    assertThatThrownBy(() -> new Workload(9, 512, 0, 64, 4))
        .hasMessage("the batch 9 is no multiple of the 4 completions per prompt");
    assertThatThrownBy(() -> new Workload(8, 32, 32, 64, 1))
        .hasMessage("of 32 prompt tokens 32 cannot be common to all prompts");
  }

  @ParameterizedTest
  @EnumSource
  void aRunTakesTimeAndNoMoreThanTheMachineHas(WeightFormat weights) {
    ModelOptions options = new ModelOptions("cpu", 1, weights);
    try (Bench bench = Bench.open(MINI, options, 4, 64 << 20, Sampling.GREEDY)) {
      Timed timed = bench.time(new Workload(4, 16, 9, 8, 2), 1);
      assertThat(timed.totalSeconds()).isPositive();
      assertThat(timed.firstTokenMs()).isPositive().isLessThan(1000 * timed.totalSeconds());
      double share = bench.roofline(timed, new Machine(20e9, 1e12));
      assertThat(Double.isFinite(share)).isTrue();
    }
  }

  @Test
  void thePeakIsThatOfThisProcess() {
    assertThat(ProcessMemory.peakBytes()).isGreaterThan(50L << 20);
  }
}
