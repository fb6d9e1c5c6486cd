package org.yukiguni.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.yukiguni.spark.OutputColumn;

final class TimelineTest {
  /** Compared with the plain way: each completion laid over every part. */
  @Test
  void theSweepIsTheSumOverAllCompletions() {
    Random random = new Random(5);
    TestOutput test = new TestOutput();
    int count = 40;
    double[] from = new double[count];
    double[] to = new double[count];
    int[] tokens = new int[count];
    double end = 0;
    for (int i = 0; i < count; i++) {
      from[i] = i == 0 ? 0 : random.nextInt(50_000) / 1000.0;
      to[i] = from[i] + (1 + random.nextInt(i % 3 == 0 ? 100 : 20_000)) / 1000.0;
      tokens[i] = random.nextInt(200);
      end = Math.max(end, to[i]);
      test.ok("id" + i, Integer.toString(i % 2), from[i], from[i], to[i], tokens[i]);
    }

    Timeline timeline = Timeline.of(test.output().rows());

    assertThat(timeline.engines()).containsOnlyKeys("0 cpu", "1 cpu");
    double part = end / Timeline.PARTS;
    assertThat(timeline.partSeconds()).isEqualTo(part, within(1e-6));
    for (int engine = 0; engine < 2; engine++) {
      Timeline.Series series = timeline.engines().get(engine + " cpu");
      for (int k = 0; k < Timeline.PARTS; k++) {
        double running = 0;
        double rate = 0;
        for (int i = engine; i < count; i += 2) {
          double inside =
              Math.max(0, Math.min(to[i], (k + 1) * part) - Math.max(from[i], k * part)) / part;
          running += inside;
          rate += inside * tokens[i] / (to[i] - from[i]);
        }
        assertThat(series.running()[k]).isEqualTo(running, within(1e-3));
        assertThat(series.tokensPerSecond()[k]).isEqualTo(rate, within(0.1));
        assertThat(series.busy()[k]).isEqualTo(running / 2, within(1e-3));
      }
    }
    double all = Arrays.stream(timeline.total().tokensPerSecond()).sum() * part;
    assertThat(all).isEqualTo(Arrays.stream(tokens).sum(), within(1e-3));
  }

  @Test
  void histogramsCountEveryValueOnce() {
    TestOutput test = new TestOutput();
    for (int i = 1; i <= 200; i++) {
      test.ok("id" + i, "0", 0, 0.001 * i, 1, i == 200 ? 9_000 : i);
    }
    Histogram tokens =
        Histogram.of(
                test.output().rows(), OutputColumn.FIRST_TOKEN_MS, OutputColumn.COMPLETION_TOKENS)
            .get(1);
    assertThat(tokens.step()).isEqualTo(10);
    assertThat(Arrays.stream(tokens.counts()).sum()).isEqualTo(200);
    assertThat(tokens.counts()[0]).isEqualTo(9);
    assertThat(tokens.counts()[19]).isEqualTo(10);
    assertThat(tokens.counts()[tokens.counts().length - 1]).isEqualTo(1);
  }

  @Test
  void barsHaveRoundWidths() {
    for (double top = 1e-3; top < 1e9; top *= 1.37) {
      double step = Histogram.step(top);
      assertThat(step * 24).isBetween(top, 2.6 * top);
    }
    assertThat(Histogram.step(0)).isEqualTo(1);
  }
}
