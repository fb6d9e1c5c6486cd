package org.yukiguni.progress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.yukiguni.progress.StepProgress.Steps;

class StepProgressTest {
  @Test
  void timeToGoCountsTheStepsOfThisRunOnly() {
    // 10 of the 30 steps were there before; the other 20 took 100 s, and 60 are left.
    Steps steps = new Steps("kansai", 10, 30, 90, 100, "loss 0.9877");
    assertThat(steps.line()).isEqualTo("kansai: step 30 of 90, 0:05:00 left, loss 0.9877");
    assertThat(steps.block(60))
        .containsExactly(
            "kansai, loss 0.9877", "[=======               ]  33 %  step 30 of 90, 0:05:00 left");
  }

  @Test
  void aNarrowTerminalCutsWhatDoesNotFit() {
    assertThat(new Steps("kansai", 0, 90, 90, 100, "loss 0.9877, 4,000 tokens/s").block(30))
        .containsExactly("kansai, loss 0.9877, 4,000 t…", "[====] 100 %  step 90 of 90,…");
  }
}
