package org.yukiguni.train;

import java.util.stream.IntStream;
import org.yukiguni.engine.CounterRandom;

/**
 * Which rows make a step: each epoch is a permutation of its own, a pure function of the seed. The
 * last step of an epoch has the rows that are left.
 *
 * @param rows in all
 * @param perStep rows of a step
 */
record RowOrder(long seed, int rows, int perStep) {
  int stepsPerEpoch() {
    return (rows + perStep - 1) / perStep;
  }

  /** Numbers of the rows of a step, counted from 0 over all epochs. */
  int[] step(int step) {
    int[] order = epoch(step / stepsPerEpoch());
    int from = step % stepsPerEpoch() * perStep;
    return IntStream.range(from, Math.min(rows, from + perStep)).map(i -> order[i]).toArray();
  }

  private int[] epoch(int epoch) {
    long key = CounterRandom.key(seed, "order", epoch);
    int[] order = IntStream.range(0, rows).toArray();
    for (int i = rows - 1; i > 0; i--) {
      int other = (int) (CounterRandom.uniform(key, i) * (i + 1));
      int held = order[i];
      order[i] = order[other];
      order[other] = held;
    }
    return order;
  }
}
