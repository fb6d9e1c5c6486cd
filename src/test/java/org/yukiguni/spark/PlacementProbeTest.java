package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.yukiguni.job.Device;

final class PlacementProbeTest {
  private static final FakeLoader LOADER = new FakeLoader("probed");

  @Test
  void eachExecutorSaysWhatItHas() {
    PlacementProbe.Answer answer = PlacementProbe.ask(LocalSpark.session(), LOADER, Device.AUTO);
    assertThat(answer.reports()).containsExactly("executor driver: fake on cpu");
    assertThat(answer.warnings()).isEmpty();
    assertThat(answer.refusal()).isEmpty();
  }

  @Test
  void oneThatCannotIsEnough() {
    PlacementProbe.Answer answer =
        PlacementProbe.ask(LocalSpark.session(), LOADER, Device.parse("cuda:3"));
    assertThat(answer.reports()).containsExactly("executor driver: has no device");
    assertThat(answer.refusal())
        .hasValue(
            "Cannot run on cuda:3 because this libtorch has no CUDA; put a CUDA build of libtorch on"
                + " the executors, or set model.device: cpu");
  }
}
