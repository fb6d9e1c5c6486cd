package org.yukiguni.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SummaryTest {
  @Test
  void enginesAreToldApartAndGapsAreNotWallTime() {
    // One engine from 0 to 4 s and, after a resume, from 100 to 102 s; another one from 2 to 6 s.
    Summary s =
        SummaryReader.read(
            new TestOutput()
                .ok("a", "0", 0, 1, 4, 40)
                .ok("b", "1", 2, 3, 6, 80)
                .ok("c", "0", 100, 101, 102, 21)
                .output());

    assertThat(s.wallSeconds()).isEqualTo(8, within(1e-3));
    assertThat(s.tokensPerSecond()).isEqualTo(141 / 8.0, within(0.01));
    assertThat(s.engines())
        .extracting(Summary.EngineShare::executorId, Summary.EngineShare::completionTokens)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("0", 61L),
            org.assertj.core.groups.Tuple.tuple("1", 80L));
    assertThat(s.engines().get(0).wallSeconds()).isEqualTo(6, within(1e-3));
    assertThat(s.engines().get(0).busyShare()).isEqualTo(0.5, within(1e-3));
    assertThat(s.finishReasons()).containsExactly(Map.entry("length", 1L), Map.entry("stop", 2L));
    assertThat(s.totalMs()).containsEntry("p50", 4000.0).containsEntry("p99", 4000.0);
    assertThat(s.firstTokenMs()).containsEntry("p50", 1000.0);
    assertThat(s.slowest()).extracting(Summary.SlowRow::id).containsExactly("a", "b", "c");
    assertThat(s.cost()).isNull();
  }

  @Test
  void anErrorIsToldByItsLowestId() {
    Summary s =
        SummaryReader.read(
            new TestOutput()
                .row("z", 0, "p", null, null)
                .error("0", 1, "kv_memory", "Cannot z")
                .row("b", 0, "p", null, null)
                .error("0", 1, "kv_memory", "Cannot b")
                .ok("a", "0", 0, 1, 2, 3)
                .output());

    assertThat(s.errors()).containsExactly(Map.entry("kv_memory", 2L));
    assertThat(s.errorExamples())
        .containsExactly(Map.entry("kv_memory", new Summary.Example("b", "Cannot b")));
    assertThat(s.errorRatio()).isEqualTo(2 / 3.0);
    assertThat(Screen.text(s, 80)).contains("kv_memory", "Cannot b");
  }

  @Test
  void costsAreThoseOfAllEnginesForTheWholeTime() {
    Summary.Cost cost =
        SummaryReader.read(
                new TestOutput()
                    .withEngineHourCost(36)
                    .ok("a", "0", 0, 1, 10, 500)
                    .ok("b", "1", 0, 1, 5, 500)
                    .output())
            .cost();

    assertThat(cost.engineHours()).isEqualTo(20 / 3600.0, within(1e-6));
    assertThat(cost.total()).isEqualTo(0.2, within(1e-4));
    assertThat(cost.perThousandTokens()).isEqualTo(0.2, within(1e-4));
    assertThat(cost.perRow()).isEqualTo(0.1, within(1e-4));
  }

  @Test
  void doubledRowsAreCounted() {
    TestOutput output = new TestOutput();
    for (String id : List.of("a", "b", "a")) {
      output.ok(id, "0", 0, 1, 2, 3);
    }
    assertThat(SummaryReader.read(output.output()).doubledRows()).isEqualTo(1);
  }

  @Test
  void anEmptyRunHasNoNumbers() {
    Summary s = SummaryReader.read(new TestOutput().withEngineHourCost(1).output());
    assertThat(s.rowsOut()).isZero();
    assertThat(s.totalMs()).isEmpty();
    assertThat(s.cost().perRow()).isNull();
    assertThat(Screen.text(s, 80)).contains("completion   -");
  }

  @Test
  void hostileTextsDoNotReachTheTerminal() {
    String hostile = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e</script>" + "x".repeat(100_000);
    Summary s =
        SummaryReader.read(
            new TestOutput()
                .named(hostile)
                .row(hostile, 0, hostile, hostile, hostile)
                .on("0", 0, 1, 2, 3)
                .row(hostile, 1, hostile, null, hostile)
                .error("0", 1, "engine", hostile)
                .output());

    java.io.ByteArrayOutputStream screen = new java.io.ByteArrayOutputStream();
    Output output =
        new TestOutput().row(hostile, 0, hostile, hostile, hostile).on("0", 0, 1, 2, 3).output();
    Screen.print(
        output,
        SummaryReader.read(output),
        "",
        new java.io.PrintStream(screen, true, java.nio.charset.StandardCharsets.UTF_8));
    for (String text :
        List.of(Screen.text(s, 80), screen.toString(java.nio.charset.StandardCharsets.UTF_8))) {
      assertThat(text.codePoints())
          .noneMatch(c -> c != '\n' && Character.isISOControl(c))
          .noneMatch(TerminalText::turnsTheLine);
    }
    assertThat(CompletionTable.of(output.rows(), 80).lines())
        .allMatch(line -> TerminalText.width(line) <= 80);
  }
}
