package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlatSpaceTest {
  private static final int PLACES = 1000;

  /** Blocks come and go; each of them always has its own places with what was written there. */
  @Test
  void noBlockLosesItsContents() {
    int shifted = 0;
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      FlatSpace space = new FlatSpace(PLACES);
      int[] contents = new int[PLACES];
      Map<Integer, int[]> shapes = new HashMap<>();
      int taken = 0;
      for (int id = 1; id < 300; id++) {
        int rows = 1 + random.nextInt(4);
        int capacity = 16 * (1 + random.nextInt(6));
        List<Integer> ids = new ArrayList<>(shapes.keySet());
        while (taken + rows * capacity > PLACES) {
          int victim = ids.remove(random.nextInt(ids.size()));
          space.release(victim);
          int[] shape = shapes.remove(victim);
          taken -= shape[0] * shape[1];
        }
        for (FlatSpace.Shift shift : space.allocate(id, rows, capacity)) {
          System.arraycopy(
              contents, (int) shift.from(), contents, (int) shift.to(), (int) shift.places());
          shifted++;
        }
        shapes.put(id, new int[] {rows, capacity});
        taken += rows * capacity;
        int begin = (int) space.place(id, 0);
        Arrays.fill(contents, begin, begin + rows * capacity, id);
        shapes.forEach(
            (block, shape) -> {
              for (int row = 0; row < shape[0]; row++) {
                int at = (int) space.place(block, row);
                assertThat(Arrays.copyOfRange(contents, at, at + shape[1])).containsOnly(block);
              }
            });
      }
    }
    assertThat(shifted).isPositive();
  }

  @Test
  void moreThanThereIsIsRefused() {
    FlatSpace space = new FlatSpace(100);
    assertThat(space.allocate(0, 2, 30)).isEmpty();
    assertThatThrownBy(() -> space.allocate(1, 1, 41))
        .hasMessage("Cannot place a block of 41 tokens because 60 of the cache's 100 are taken");
    space.clear();
    assertThat(space.allocate(1, 1, 100)).isEmpty();
  }
}
