package org.yukiguni.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingReportTest {
  private static final String HOSTILE = "k</script><script>window.owned=1</script>\u001b[31m";

  @TempDir private Path folder;

  @Test
  void theScreenHasTotalsCurvesAndSteps() {
    String screen = screen(log(100, true));
    assertThat(screen)
        .contains("steps        100, 5,000 tokens in 50.0 s: 100.0 tokens/s, 2.00 steps/s")
        .contains("loss         3.0000 █")
        .contains("▁ 2.0100")
        .contains("held back    2.9200 █")
        .doesNotContain("\u001b");
    List<String> lines = screen.lines().toList();
    int head = lines.indexOf(lines.stream().filter(l -> l.contains("epoch")).findFirst().get());
    assertThat(lines.subList(head + 1, lines.size())).hasSize(12);
    assertThat(lines.get(head + 1).strip()).startsWith("1 ");
    assertThat(lines.get(lines.size() - 1).strip()).startsWith("100 ").contains("2.0100");
  }

  @Test
  void theJsonHasTheSameNumbers() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TrainingScreen.printJson(log(100, true), new PrintStream(bytes, true, StandardCharsets.UTF_8));
    JsonNode json = new ObjectMapper().readTree(bytes.toByteArray());
    assertThat(json.path("steps").asInt()).isEqualTo(100);
    assertThat(json.path("first_loss").asDouble()).isEqualTo(3);
    assertThat(json.path("last_loss").asDouble()).isEqualTo(2.01);
    assertThat(json.path("last_eval_loss").asDouble()).isEqualTo(2.01 + 0.01);
    assertThat(json.path("done").asBoolean()).isTrue();
  }

  @Test
  void aTrainingWithoutACheckpointIsNotFinished() {
    assertThat(screen(log(0, false)))
        .contains("not finished; the same command goes on with it")
        .contains("steps        0,");
    assertThat(Page.of(log(0, false))).contains("not finished").contains("not measured");
  }

  /** Two thousand steps are drawn as 600 points, whose means are those of the steps. */
  @Test
  void thePageIsDrawnInABrowser() throws IOException {
    String page = Page.of(log(2000, true));
    assertThat(page).doesNotContain("<script>window").contains("Effective configuration");
    String data = page.replaceAll("(?s).*id=\"data\">(.*?)</script>.*", "$1");
    JsonNode points = new ObjectMapper().readTree(data).path("loss");
    assertThat(points).hasSize(600);
    assertThat(points.path(599).path("x").asInt()).isEqualTo(2000);
    Path file = Files.writeString(folder.resolve("page.html"), page);
    try (Browser browser = Browser.open()) {
      browser.show(file, Browser.Screen.DESKTOP, "light");
      for (String chart : List.of("loss", "learning_rate", "gradient_norm", "tokens_per_second")) {
        assertThat(browser.evaluate("Chart.getChart('%s') !== undefined".formatted(chart)))
            .as(chart)
            .isEqualTo(true);
      }
      browser.show(file, Browser.Screen.PHONE, "dark");
      assertThat(browser.wide()).isEqualTo(List.of());
      assertThat(browser.evaluate("window.owned === undefined")).isEqualTo(true);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static String screen(TrainingLog log) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TrainingScreen.print(log, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The loss falls from 3 by a hundredth each step. */
  private static TrainingLog log(int steps, boolean isDone) {
    return new TrainingLog(
        HOSTILE,
        "out/adapter",
        isDone,
        "name: " + HOSTILE,
        IntStream.range(0, steps)
            .mapToObj(
                i -> {
                  double loss = 3 - i / 100.;
                  return new TrainingLog.Step(
                      i + 1, i / 50., 1e-3, loss, 0.5, 50, 0.5, i % 10 == 9 ? loss + 0.01 : null);
                })
            .toList());
  }
}
