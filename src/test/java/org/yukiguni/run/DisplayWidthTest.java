package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DisplayWidthTest {
  @Test
  void japaneseTakesTwoColumns() {
    assertThat(DisplayWidth.of("abc")).isEqualTo(3);
    assertThat(DisplayWidth.of("雪国、")).isEqualTo(6);
    assertThat(DisplayWidth.of("ｶﾅ")).isEqualTo(2);
    assertThat(DisplayWidth.of("が")).isEqualTo(2);
    assertThat(DisplayWidth.of("𠮷")).isEqualTo(2);
  }

  @Test
  void cutsAtTheWidth() {
    assertThat(DisplayWidth.cut("国境の長い", 10)).isEqualTo("国境の長い");
    assertThat(DisplayWidth.cut("国境の長いトンネル", 10)).isEqualTo("国境の長…");
    assertThat(DisplayWidth.cut("one\n two\tthree", 40)).isEqualTo("one two three");
    assertThat(DisplayWidth.pad("雪", 4)).isEqualTo("雪  ");
  }
}
