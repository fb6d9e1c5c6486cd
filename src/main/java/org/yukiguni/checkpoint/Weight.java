package org.yukiguni.checkpoint;

import java.util.Arrays;
import java.util.List;

/**
 * A weight that an architecture needs.
 *
 * @param name what the architecture's script calls it
 * @param storedNames what checkpoints call it; the first that is there is taken
 * @param shape as stored
 */
public record Weight(String name, List<String> storedNames, List<Long> shape) {
  public Weight {
    storedNames = List.copyOf(storedNames);
    shape = List.copyOf(shape);
  }

  static Weight of(String name, long... shape) {
    return new Weight(name, List.of(name), Arrays.stream(shape).boxed().toList());
  }

  Weight stored(String... names) {
    return new Weight(name, List.of(names), shape);
  }
}
