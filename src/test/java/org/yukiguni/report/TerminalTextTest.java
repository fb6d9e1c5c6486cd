package org.yukiguni.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TerminalTextTest {
  @Test
  void japaneseTakesTwoColumns() {
    assertThat(TerminalText.width("abc")).isEqualTo(3);
    assertThat(TerminalText.width("雪国、")).isEqualTo(6);
    assertThat(TerminalText.width("ｶﾅ")).isEqualTo(2);
    assertThat(TerminalText.width("が")).isEqualTo(2);
    assertThat(TerminalText.width("か\u3099")).isEqualTo(2);
    assertThat(TerminalText.width("𠮷")).isEqualTo(2);
  }

  @Test
  void cutsAtTheWidth() {
    assertThat(TerminalText.cut("国境の長い", 10)).isEqualTo("国境の長い");
    assertThat(TerminalText.cut("国境の長いトンネル", 10)).isEqualTo("国境の長…");
    assertThat(TerminalText.cut("one\n two\tthree", 40)).isEqualTo("one two three");
    // Marks that take no column are many enough to fill a screen.
    assertThat(TerminalText.cut("a" + "\u0301".repeat(1_000_000), 10)).hasSizeLessThan(50);
    assertThat(TerminalText.pad("雪", 4)).isEqualTo("雪  ");
    assertThat(TerminalText.padLeft("雪", 4)).isEqualTo("  雪");
  }

  @Test
  void nothingThatATerminalObeysGetsThrough() {
    for (int c = 0; c < 0x3000; c++) {
      String safe = TerminalText.oneLine("a" + Character.toString(c) + "b");
      assertThat(safe.codePoints())
          .as("U+%04X", c)
          .noneMatch(Character::isISOControl)
          .noneMatch(TerminalText::turnsTheLine)
          .noneMatch(TerminalText::hides);
    }
    assertThat(TerminalText.oneLine("a\u200bb\ufeffc\udb40\udc41d"))
        .isEqualTo("a\ufffdb\ufffdc\ufffdd");
    // A family of three, and Persian, need their joiners.
    assertThat(TerminalText.oneLine("\ud83d\udc68\u200d\ud83d\udc67 \u0645\u06cc\u200c\u062e"))
        .isEqualTo("\ud83d\udc68\u200d\ud83d\udc67 \u0645\u06cc\u200c\u062e");
    assertThat(TerminalText.oneLine("a\u001b[31mb\u009b2Jc")).isEqualTo("a [31mb 2Jc");
    assertThat(TerminalText.oneLine("\ud800 alone")).isEqualTo("\ufffd alone");
    assertThat(TerminalText.json("{\"a\": \"\u009b2J\u007f雪\u202e\ud83d\ude00\udb40\udc41\"}\n"))
        .isEqualTo("{\"a\": \"\\u009b2J\\u007f雪\\u202e\ud83d\ude00\\udb40\\udc41\"}\n");
    assertThat(TerminalText.lines("a\r\nb\u001b]0;title\u0007")).isEqualTo("a \nb ]0;title ");
  }
}
