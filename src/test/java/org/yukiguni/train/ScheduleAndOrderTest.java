package org.yukiguni.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.TrainSpec.Scheduler;

class ScheduleAndOrderTest {
  /** Values of transformers' get_scheduler for num_warmup_steps 3 and num_training_steps 10. */
  @Test
  void theRatesAreThoseOfTransformers() {
    assertThat(rates(Scheduler.LINEAR))
        .containsExactly(
            new double[] {0, 1 / 3., 2 / 3., 1, 6 / 7., 5 / 7., 4 / 7., 3 / 7., 2 / 7., 1 / 7.},
            within(1e-12));
    assertThat(rates(Scheduler.COSINE))
        .containsExactly(
            new double[] {
              0,
              0.3333333333333333,
              0.6666666666666666,
              1.0,
              0.9504844339512095,
              0.8117449009293668,
              0.6112604669781572,
              0.38873953302184283,
              0.1882550990706332,
              0.04951556604879043
            },
            within(1e-12));
    assertThat(rates(Scheduler.CONSTANT)).endsWith(1, 1, 1, 1, 1, 1, 1);
  }

  private static double[] rates(Scheduler type) {
    LearningRate rate = new LearningRate(1, type, 3, 10);
    return IntStream.range(0, 10).mapToDouble(rate::at).toArray();
  }

  @Test
  void anEpochHasEachRowOnceInAnOrderOfItsOwn() {
    RowOrder order = new RowOrder(7, 11, 4);
    assertThat(order.stepsPerEpoch()).isEqualTo(3);
    int[] first = epoch(order, 0);
    int[] second = epoch(order, 1);
    int[] all = IntStream.range(0, 11).toArray();
    assertThat(first).containsExactlyInAnyOrder(all).isNotEqualTo(all);
    assertThat(second).containsExactlyInAnyOrder(all).isNotEqualTo(first);
    assertThat(order.step(2)).hasSize(3);
    assertThat(epoch(new RowOrder(8, 11, 4), 0)).isNotEqualTo(first);
  }

  private static int[] epoch(RowOrder order, int epoch) {
    return IntStream.range(3 * epoch, 3 * epoch + 3)
        .flatMap(step -> IntStream.of(order.step(step)))
        .toArray();
  }
}
