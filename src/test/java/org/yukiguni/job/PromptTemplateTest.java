package org.yukiguni.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTemplateTest {
  @Test
  void cutsAtPlaceholders() {
    assertThat(PromptTemplate.parse("Q: {the question}\n{b}").parts())
        .containsExactly(
            new PromptTemplate.Text("Q: "),
            new PromptTemplate.Column("the question"),
            new PromptTemplate.Text("\n"),
            new PromptTemplate.Column("b"));
  }

  @Test
  void twoBracesAreOne() {
    assertThat(PromptTemplate.parse("{{\"a\": {a}}}").parts())
        .containsExactly(
            new PromptTemplate.Text("{\"a\": "),
            new PromptTemplate.Column("a"),
            new PromptTemplate.Text("}"));
    assertThat(PromptTemplate.parse("{{}} {a}").parts())
        .containsExactly(new PromptTemplate.Text("{} "), new PromptTemplate.Column("a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a {b     | the { at character 3 is not closed; write {{ for a brace",
        "a } b    | the } at character 3 closes nothing; write }} for a brace",
        "a {}     | the { at character 3 is not followed by a column's name; write {{ for a brace",
        "{a {b}   | the { at character 1 is not followed by a column's name; write {{ for a brace",
        "a        | the template has no {column}, so all prompts would be equal; name a column in it",
      })
  void refuses(String template, String problem) {
    assertThatThrownBy(() -> PromptTemplate.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(problem);
  }
}
