package org.yukiguni.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, with texts that would take it over if they could. */
final class PageTest {
  private static final String HOSTILE =
      "</script><script>window.owned=1</script><img src=x onerror=window.owned=2>"
          + "{{ 7 * 7 }} ${7*7} \" ' & <!-- \u0000\u001b[31m\u0007 \u2028\u202e turned\u200b\ufeff";

  @TempDir Path folder;

  @Test
  void filtersAndHostileTexts() throws Exception {
    TestOutput test = new TestOutput().withCompletionsPerRow(2).named(HOSTILE);
    for (int i = 0; i < 20; i++) {
      String category = i % 2 == 0 ? "story" : "</option><script>window.owned=3</script>";
      test.row("id" + i, 0, "prompt " + i, "hello " + i, category).on("0", i, i + 1, i + 2, i);
      test.row("id" + i, 1, "prompt " + i, "world " + i, category).on("1", i, i + 1, i + 3, i);
    }
    test.row(HOSTILE, 0, HOSTILE, HOSTILE, "story").on("0", 1, 2, 3, 4);
    test.row(HOSTILE, 1, HOSTILE, null, "story").error("0", 2, "engine", HOSTILE);
    test.row("long", 0, "x".repeat(1_000_000), "y".repeat(1_000_000), "story").on("0", 1, 2, 3, 4);
    test.row("long", 1, "x", null, "story").error("0", 2, "engine", "Cannot");
    Path file = folder.resolve("page.html");
    Files.writeString(file, Page.of(test.output(), SummaryReader.read(test.output())));

    assertThat(Files.size(file)).isLessThan(600_000);
    try (Browser browser = Browser.open()) {
      browser.show(file, Browser.Screen.DESKTOP, "light");
      assertThat(browser.visible(".prompt")).hasSize(22);

      click(browser, "button[data-value=error]");
      assertThat(browser.visible(".prompt .id"))
          .extracting(WebElement::getText)
          .satisfiesExactlyInAnyOrder(
              id ->
                  assertThat(id)
                      .startsWith("</script><script>")
                      .contains("␛[31m", "[U+202E]", "[U+200B][U+FEFF]"),
              id -> assertThat(id).isEqualTo("long"));
      assertThat(browser.visible(".prompt .side .text").get(0).getText())
          .contains("{{ 7 * 7 }} ${7*7} \" ' & <!--");

      click(browser, "button[data-value='']");
      browser.visible("#search").get(0).sendKeys("WORLD 13");
      assertThat(browser.visible(".prompt .id"))
          .extracting(WebElement::getText)
          .containsExactly("id13");
      assertThat(browser.visible("#shown").get(0).getText()).isEqualTo("1 of 22");

      browser.visible("#search").get(0).sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
      browser.visible("select").get(0).sendKeys("st");
      assertThat(browser.visible(".prompt")).hasSize(12);

      for (String chart : List.of("speed", "running", "engines", "first_token_ms", "total_ms")) {
        assertThat(browser.evaluate("Chart.getChart('%s') !== undefined".formatted(chart)))
            .as(chart)
            .isEqualTo(true);
      }
      browser.show(file, Browser.Screen.PHONE, "dark");
      assertThat(browser.wide()).isEqualTo(List.of());
      browser.picture(Path.of("target/pictures/hostile-phone-dark.png"), 6000);
      assertThat(browser.evaluate("window.owned === undefined")).isEqualTo(true);

      Path both = folder.resolve("both.html");
      Files.writeString(both, Page.of(Comparison.of(test.output(), test.output())));
      browser.show(both, Browser.Screen.PHONE, "light");
      assertThat(browser.visible(".prompt .id"))
          .extracting(WebElement::getText)
          .anyMatch(id -> id.startsWith("</script><script>") && id.contains("[U+202E]"));
      assertThat(browser.wide()).isEqualTo(List.of());
      browser.picture(Path.of("target/pictures/hostile-comparison-phone.png"), 3000);
      assertThat(browser.evaluate("window.owned === undefined")).isEqualTo(true);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static void click(Browser browser, String css) {
    WebElement element = browser.visible(css).get(0);
    element.click();
    assertThat(element.getAttribute("aria-pressed")).isEqualTo("true");
  }
}
