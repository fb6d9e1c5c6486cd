package org.yukiguni.train;

import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.checkpoint.AdapterLayout.Slot;
import org.yukiguni.engine.CounterRandom;

/**
 * What matrices are before the first step, as in peft: A uniform within 1 / sqrt(in), which is
 * torch's {@code kaiming_uniform_} with a = sqrt(5); B zero, so that nothing is changed yet.
 */
final class FirstMatrices {
  private FirstMatrices() {}

  /** Fills in A; the parameters hold zeros, and whole copies of weights where some are trained. */
  static void draw(AdapterLayout layout, long seed, float[] parameters) {
    for (Slot slot : layout.slots()) {
      if (slot.kind() == AdapterLayout.Kind.LORA_A) {
        double bound = 1 / Math.sqrt(slot.shape().get(1));
        long key = CounterRandom.key(seed, slot.tensor(), 0);
        for (int i = 0; i < slot.size(); i++) {
          parameters[slot.offset() + i] = (float) ((2 * CounterRandom.uniform(key, i) - 1) * bound);
        }
      }
    }
  }
}
