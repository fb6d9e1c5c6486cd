package org.yukiguni.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.yukiguni.report.TerminalText;
import org.yukiguni.spark.EngineStatus;
import org.yukiguni.spark.ExecutorStatus;
import org.yukiguni.spark.Fetch;
import org.yukiguni.spark.Sums;

final class ProgressMeterTest {
  private double seconds;
  private final ProgressMeter meter = new ProgressMeter("nightly", () -> seconds);

  private ProgressState read(Sums sums, List<ExecutorStatus> executors) {
    return meter.read(sums, List.of(), executors);
  }

  private static List<ExecutorStatus> executor(EngineStatus engine) {
    return List.of(new ExecutorStatus("0", 0, 0, 0, List.of(), List.of(engine)));
  }

  private static EngineStatus loading(long ms, int layers) {
    return new EngineStatus("cpu", true, ms, layers, 24, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static EngineStatus open(long promptTokens, long newTokens) {
    return new EngineStatus(
        "cpu", false, 1000, 0, 0, 64, 20, 0.25, 4096, 1, 1, promptTokens, newTokens);
  }

  @Test
  void theTimeToGoIsThatOfTheTokensThatAreLeft() {
    meter.plan(new Work(1000, 400, 2, 6_000));
    meter.enter(Phase.GENERATING);
    read(Sums.ZERO, executor(open(0, 0)));
    ProgressState state = null;
    // 100 prompt tokens and 500 new ones a second.
    for (seconds = 1; seconds <= 20; seconds++) {
      long tokens = (long) seconds;
      state =
          read(
              new Sums(2 * tokens, 4 * tokens, 0, 400 * tokens, 1),
              executor(open(100 * tokens, 500 * tokens)));
    }
    // 600 rows x 2 completions x 100 tokens - 10,000, and 6,000 - 2,000 of prompts, at 600 a
    // second.
    assertThat(state.secondsLeft()).isEqualTo(Math.round((120_000 - 10_000 + 4_000) / 600.0));
    assertThat(state.tokensPerSecondNow()).isEqualTo(500, within(1e-6));
    assertThat(state.rowsDone()).isEqualTo(440);
    assertThat(ProgressText.line(state))
        .isEqualTo(
            "nightly: generating, 440 of 1,000 rows, 80 completions, 0 errors, 500.0 tokens/s now,"
                + " 500.0 overall, 0:03:10 left; 1 engine, 64 running, 20 waiting, KV memory 25 %");
  }

  @Test
  void loadingIsAPhaseOfItsOwnAndItsTimeIsNotTheEngines() {
    meter.plan(new Work(10, 0, 1, 100));
    meter.enter(Phase.GENERATING);
    seconds = 90;
    ProgressState loading = read(Sums.ZERO, executor(loading(89_000, 0)));
    assertThat(loading.phase()).isEqualTo("loading");
    assertThat(loading.secondsLeft()).isNull();
    assertThat(ProgressText.block(loading, 80))
        .anyMatch(line -> line.contains("0 cpu") && line.contains("loading the model for 0:01:29"));
    seconds = 96;
    loading = read(Sums.ZERO, executor(loading(96_000, 8)));
    assertThat(ProgressText.block(loading, 80))
        .anyMatch(line -> line.endsWith("]  33 %  8 of 24 layers, 0:03:12 left"))
        .contains("nightly, loading for 0:00:06");
    read(Sums.ZERO, executor(open(0, 0)));
    seconds = 106;
    ProgressState open = read(new Sums(1, 1, 0, 100, 1), executor(open(50, 200)));
    assertThat(open.phase()).isEqualTo("generating");
    assertThat(open.tokensPerSecond()).isEqualTo(20, within(1e-6));
  }

  @Test
  void theFirstCompletionsToEndAreNotTakenForTypicalOnes() {
    meter.plan(new Work(100, 0, 1, 0));
    meter.enter(Phase.GENERATING);
    read(Sums.ZERO, executor(open(0, 0)));
    seconds = 2;
    // 64 are in work.
    assertThat(read(new Sums(2, 2, 0, 20, 1), executor(open(0, 1_236))).secondsLeft()).isNull();
    seconds = 4;
    // 64 have ended with 40 tokens each, as many have 30 so far.
    ProgressState state = read(new Sums(64, 64, 0, 2_560, 1), executor(open(0, 4_480)));
    double mean = 4_480 / 96.0;
    assertThat(state.secondsLeft()).isEqualTo(Math.round((100 * mean - 4_480) * 4 / 4_480));
  }

  @Test
  void aModelThatComesIsShownWhereverItComes() {
    Fetch first = new Fetch("rinna/x\u001b[31m", 1_000_000_000, 8_000_000_000L);
    ProgressState state = meter.read(Sums.ZERO, List.of(first), List.of());
    assertThat(state.phase()).isEqualTo("downloading");
    assertThat(state.fetches().get(0).secondsLeft()).isNull();
    seconds = 10;
    Fetch second = new Fetch(first.model(), 2_000_000_000, 8_000_000_000L);
    Fetch small = new Fetch("a/b", 0, 4_000_000);
    state =
        meter.read(
            Sums.ZERO,
            List.of(second),
            List.of(new ExecutorStatus("3", 0, 0, 0, List.of(small), List.of())));
    // What was there before counts for nothing: 1 GB in 10 s.
    assertThat(ProgressText.block(state, 80))
        .containsExactly(
            "nightly, downloading for 0:00:10",
            "rinna/x [31m   [======                   ]  25 %  2.00 of 8.00 GB, 0:01:00 left",
            "3 a/b          [                                        ]   0 %  0 of 4 MB");
    assertThat(ProgressText.line(state))
        .isEqualTo(
            "nightly: downloading, rinna/x [31m: 2.00 of 8.00 GB, 0:01:00 left, 3 a/b: 0 of 4 MB");
    state = meter.read(Sums.ZERO, List.of(), List.of());
    assertThat(state.phase()).isEqualTo("reading");
  }

  @Test
  void aModelThatComesToALateExecutorDoesNotStopTheRest() {
    meter.plan(new Work(10, 0, 1, 100));
    meter.enter(Phase.GENERATING);
    ExecutorStatus late =
        new ExecutorStatus("1", 0, 0, 0, List.of(new Fetch("a/b", 1, 2)), List.of(loading(1, 0)));
    ProgressState state =
        read(new Sums(1, 1, 0, 10, 1), List.of(executor(open(5, 5)).get(0), late));
    assertThat(state.phase()).isEqualTo("generating");
    assertThat(state.fetches()).hasSize(1);
  }

  @Test
  void withoutWordFromExecutorsTheCountersSpeak() {
    meter.plan(new Work(10, 0, 1, -1));
    meter.enter(Phase.GENERATING);
    read(new Sums(1, 1, 0, 10, 1), List.of());
    seconds = 5;
    ProgressState state = read(new Sums(5, 5, 0, 50, 1), List.of());
    assertThat(state.secondsLeft()).isEqualTo(5);
  }

  @Test
  void aBlockFitsItsTerminalWhateverTheJobIsCalled() {
    ProgressMeter hostile = new ProgressMeter("夜".repeat(200) + "\u001b[2J\u202e", () -> seconds);
    hostile.plan(new Work(1_000_000_000, 0, 1, -1));
    hostile.enter(Phase.GENERATING);
    for (int width : new int[] {20, 40, 80, 160}) {
      assertThat(
              ProgressText.block(
                  hostile.read(new Sums(1, 1, 0, 10, 1), List.of(), executor(open(1, 1))), width))
          .allMatch(line -> TerminalText.width(line) < width)
          .noneMatch(line -> line.contains("\u001b") || line.contains("\u202e"));
    }
  }

  @Test
  void manyEnginesAreToldTogether() {
    EngineStatus engine = open(1, 1);
    List<ExecutorStatus> executors =
        java.util.stream.IntStream.range(0, 50)
            .mapToObj(i -> new ExecutorStatus("" + i, 0, 0, 0, List.of(), List.of(engine)))
            .toList();
    meter.plan(new Work(10, 0, 1, -1));
    meter.enter(Phase.GENERATING);
    List<String> block = ProgressText.block(read(Sums.ZERO, executors), 80);
    assertThat(block).hasSize(9);
    assertThat(block.get(8)).startsWith("and 45 engines, 2,880 running");
  }
}
