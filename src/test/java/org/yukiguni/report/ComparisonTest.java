package org.yukiguni.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

final class ComparisonTest {
  @TempDir Path folder;

  @Test
  void twoRunsBesideEachOther() throws Exception {
    TestOutput a = new TestOutput().named("cold");
    TestOutput b = new TestOutput().named("<b>warm</b>");
    a.ok("only-a", "0", 0, 1, 2, 10);
    b.ok("only-b", "0", 0, 1, 2, 10);
    for (String id : new String[] {"x", "y", "z"}) {
      a.row(id, 0, "prompt", "the same", "c").on("0", 0, 1, 2, 10);
    }
    b.row("x", 0, "prompt", "the same", "c").on("0", 0, 1, 4, 10);
    b.row("y", 0, "another prompt", "another", "c").on("0", 0, 1, 4, 10);
    b.row("z", 0, "prompt", null, "c").error("0", 1, "kv_memory", "Cannot");

    Comparison comparison = Comparison.of(a.output(), b.output());

    assertThat(comparison.shared()).isEqualTo(new Comparison.Shared(3, 1, 1, 1, 2, 1));
    assertThat(comparison.pairs())
        .extracting(Comparison.Pair::id, Comparison.Pair::status)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("x", "equal"),
            org.assertj.core.groups.Tuple.tuple("y", "different"),
            org.assertj.core.groups.Tuple.tuple("z", "different"));
    ByteArrayOutputStream screen = new ByteArrayOutputStream();
    Screen.print(comparison, new PrintStream(screen, true, UTF_8));
    assertThat(screen.toString(UTF_8))
        .contains("1 of 2 completions that both have are equal: 50.0 %")
        .containsPattern("errors, kv_memory +0 +1")
        .containsPattern("tokens per second +20.0 +7.5 +x 0.38");

    Path file = Files.writeString(folder.resolve("two.html"), Page.of(comparison));
    try (Browser browser = Browser.open()) {
      browser.show(file, Browser.Screen.PHONE, "light");
      assertThat(browser.visible("h1").get(0).getText()).isEqualTo("cold and <b>warm</b>");
      browser.visible("button[data-value=equal]").get(0).click();
      assertThat(browser.visible(".prompt .id"))
          .extracting(WebElement::getText)
          .containsExactly("x");
      assertThat(browser.wide()).isEqualTo(List.of());
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
