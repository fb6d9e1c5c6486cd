package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.PromptSpec;
import org.yukiguni.tokenizer.PromptConventions;

/** Where the assistant's turns are in a conversation's text. */
class ChatTurnsTest extends PromptFixture {
  private static final String TWO =
      """
      [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"},
       {"role": "user", "content": "c"}, {"role": "assistant", "content": "d"},
       {"role": "user", "content": "e"}]
      """;

  @Test
  void eachTurnBeginsWhereAGenerationWould() {
    assertThat(turns("{messages: m, system: s}").texts(TWO))
        .containsExactly(
            "<s><system>s<user>a<assistant>",
            "<s><system>s<user>a<assistant>b",
            "<s><system>s<user>a<assistant>b<user>c<assistant>",
            "<s><system>s<user>a<assistant>b<user>c<assistant>d");
    assertThat(turns("{messages: m}").texts("[{\"role\": \"user\", \"content\": \"a\"}]"))
        .isEmpty();
  }

  @Test
  void namedTemplatesEndWithTheAnswer() {
    assertThat(turns("{messages: m, template: rinna-dialogue}").texts(TWO))
        .endsWith(
            "ユーザー: a<NL>システム: b<NL>ユーザー: c<NL>システム: ", "ユーザー: a<NL>システム: b<NL>ユーザー: c<NL>システム: d");
    assertThat(turns("{messages: m, template: rinna-bilingual}").texts(TWO))
        .endsWith("ユーザー: a\nシステム: b\nユーザー: c\nシステム: d");
  }

  /** As templates do that leave the thoughts of earlier turns out. */
  @Test
  void aTemplateThatRewordsEarlierTurnsIsRefused() {
    String file =
        write(
            "short.jinja",
            "{% for m in messages %}{{ m.content if loop.last else m.role }};{% endfor %}");
    assertThatThrownBy(() -> turns("{messages: m, template: " + file + "}").texts(TWO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the template words turn 1 otherwise once another follows; end the messages with it");
  }

  @Test
  void aModelWithoutATemplateNeedsAName() {
    PromptConventions none = new PromptConventions(Optional.empty(), Map.of(), true);
    PromptSpec prompt = job("x", "prompt={messages: m}").prompt();
    assertThatThrownBy(() -> ChatTurns.of(prompt, none))
        .isInstanceOf(InvalidJobException.class)
        .hasMessageStartingWith(
            "prompt.template: Cannot word messages because the model has no chat template; name one"
                + " of rinna-dialogue, ");
  }

  @Test
  void aRefusalIsPassedOn() {
    assertThatThrownBy(() -> turns("{messages: m, template: alpaca-ja}").texts(TWO))
        .hasMessageContaining("the template refuses it: ")
        .hasMessageContaining("Alpaca has one user message");
    assertThatThrownBy(() -> turns("{messages: m}").texts("[]"))
        .hasMessageContaining("they are an empty list");
  }

  private static ChatTurns turns(String prompt) {
    return ChatTurns.of(job("x", "prompt=" + prompt).prompt(), MODEL);
  }
}
