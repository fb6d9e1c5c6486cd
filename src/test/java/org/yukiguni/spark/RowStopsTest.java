package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.StopCondition;
import org.yukiguni.job.TimeLimit;

final class RowStopsTest {
  private static final StopCondition NEVER = token -> Optional.empty();

  private static StopCondition stop(String time, int repeats) {
    return new RowStops(new RowLimits(TimeLimit.parse(time), TimeLimit.NONE, repeats))
        .around(() -> NEVER)
        .get();
  }

  /** Tokens accepted before a stop; -1 if all were. */
  private static int acceptedOf(StopCondition stop, int... tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (stop.accept(tokens[i]).isPresent()) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void aRepetitionOfAnyLengthStops() {
    assertThat(acceptedOf(stop("none", 3), 5, 5, 5)).isEqualTo(2);
    assertThat(acceptedOf(stop("none", 3), 1, 2, 1, 2, 1, 2)).isEqualTo(5);
    assertThat(acceptedOf(stop("none", 3), 1, 2, 1, 2, 2, 1, 2, 1, 1)).isEqualTo(-1);
    assertThat(acceptedOf(stop("none", 0), new int[500])).isEqualTo(-1);
  }

  @Test
  void repeatsAreCountedAsByLookingBack() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      int[] tokens = random.ints(200, 0, 2).toArray();
      int period = 1 + random.nextInt(Repeats.MAX_PERIOD);
      for (int i = 100; i < tokens.length; i++) {
        tokens[i] = tokens[i - period];
      }
      Repeats repeats = new Repeats();
      for (int n = 1; n <= tokens.length; n++) {
        assertThat(repeats.add(tokens[n - 1])).isEqualTo(plainRepeats(tokens, n));
      }
    }
  }

  private static int plainRepeats(int[] tokens, int length) {
    int most = 1;
    for (int period = 1; period <= Repeats.MAX_PERIOD; period++) {
      int same = 0;
      while (length - 1 - same - period >= 0
          && tokens[length - 1 - same] == tokens[length - 1 - same - period]) {
        same++;
      }
      most = Math.max(most, 1 + same / period);
    }
    return most;
  }

  @Test
  void aCompletionThatTakesTooLongStops() throws InterruptedException {
    StopCondition stop = stop("1s", 0);
    assertThat(stop.accept(1)).isEmpty();
    assertThat(stop.accept(2)).isEmpty();
    Thread.sleep(1_100);
    assertThat(stop.accept(3)).isPresent();
  }
}
