package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.Job;

/** How conversations become prompts. */
class ConversationTest extends PromptFixture {
  private static final String LINES =
      """
      {"id": 1, "prompt": "x", "m": [{"role": "user", "content": "a"}], "j": "[{\\"role\\": \\"user\\", \\"content\\": \\"b\\", \\"n\\": {\\"k\\": [1]}}]"}
      {"id": 2, "prompt": null, "m": null, "j": null}
      {"id": 3, "prompt": "y", "m": [{"role": "system", "content": "s"}, {"role": "user", "content": "c"}], "j": "[]"}
      {"id": 4, "prompt": "z", "m": [{"role": null, "content": "d"}], "j": "{"}
      """;

  private List<Row> rows(String prompt) {
    Job job = job(write("in.jsonl", LINES), "prompt=" + prompt);
    return prompts(job).orderBy("id").collectAsList();
  }

  private List<String> texts(String prompt) {
    return rows(prompt).stream().map(row -> row.<String>getAs("prompt")).toList();
  }

  private List<String> errors(String prompt) {
    return rows(prompt).stream()
        .map(row -> row.getAs("__error_code") + "|" + row.getAs("__error_message"))
        .toList();
  }

  @Test
  void messagesGoThroughTheModelsTemplate() {
    assertThat(texts("{messages: m}"))
        .containsExactly("<s><user>a<assistant>", null, "<s><system>s<user>c<assistant>", null);
    assertThat(errors("{messages: m}"))
        .containsExactly(
            "null|null",
            "null|null",
            "null|null",
            "prompt_template|Cannot word the messages because message 0 has no role; give each a"
                + " role and a content");
  }

  @Test
  void messagesMayBeJson() {
    assertThat(texts("{messages: j, template: chat}"))
        .containsExactly("<s><user>b<assistant>", null, null, null);
    assertThat(errors("{messages: j}"))
        .element(2)
        .asString()
        .isEqualTo(
            "prompt_template|Cannot word the messages because they are an empty list; give a list"
                + " of role and content");
    assertThat(errors("{messages: j}")).element(3).asString().contains("they are no JSON");
  }

  @Test
  void aColumnIsTheUsersMessage() {
    assertThat(texts("{column: prompt, template: chat}"))
        .containsExactly(
            "<s><user>x<assistant>", null, "<s><user>y<assistant>", "<s><user>z<assistant>");
    assertThat(texts("{column: prompt, template: rinna-dialogue}")).startsWith("ユーザー: x<NL>システム: ");
  }

  @Test
  void aSystemMessageIsPutBeforeThoseWithoutOne() {
    assertThat(texts("{messages: m, system: be brief}"))
        .startsWith(
            "<s><system>be brief<user>a<assistant>", null, "<s><system>s<user>c<assistant>");
  }

  @Test
  void variablesOfTheTemplate() {
    assertThat(texts("{messages: m, chat_template_kwargs: {shout: 1, bos_token: B}}"))
        .startsWith("B<user>a<assistant>!");
    assertThat(texts("{messages: m, chat_template_kwargs: {add_generation_prompt: false}}"))
        .startsWith("<s><user>a");
  }

  @Test
  void aTemplateMayBeAFile() {
    String file = write("mine.jinja", "{{ messages[0].content }}/{{ input }}/{{ eos_token }}");
    assertThat(texts("{messages: m, input: prompt, template: " + file + "}"))
        .containsExactly("a/x/", null, "s/y/", null);
    assertThat(
            problems(
                job(write("in.jsonl", LINES), "prompt={messages: m, template: no-such.jinja}")))
        .singleElement()
        .asString()
        .startsWith("prompt.template: Cannot read no-such.jinja because of");
    String wrong = write("wrong.jinja", "{{ messages | shuffle }}");
    assertThat(
            problems(
                job(write("in.jsonl", LINES), "prompt={messages: m, template: " + wrong + "}")))
        .containsExactly(
            "prompt.template: Cannot use the template because line 1: there is no filter shuffle;"
                + " correct it or name another one");
  }

  @Test
  void aTemplateThatRefusesCostsTheRow() {
    assertThat(errors("{messages: m, template: rinna-dialogue}"))
        .contains(
            "null|null",
            "prompt_template|Cannot word the messages because rinna's dialogue has user and"
                + " assistant messages only, not system");
  }

  @Test
  void withoutIdAFailedRowIsNamedByItsMessages() {
    Job job = job(write("in.jsonl", LINES), "prompt={messages: m}", "input.id=null");
    assertThat(prompts(job).filter("id like 'failed-%'").count()).isEqualTo(1);
  }

  @Test
  void specialTokensAreNotAddedTwice() {
    assertThat(adds("{column: prompt}")).isTrue();
    assertThat(adds("{template: '{prompt}'}")).isTrue();
    assertThat(adds("{column: prompt, template: plain}")).isTrue();
    assertThat(adds("{column: prompt, template: alpaca-en}")).isTrue();
    assertThat(adds("{column: prompt, template: alpaca-ja}")).isFalse();
    assertThat(adds("{column: prompt, template: chat}")).isFalse();
    assertThat(adds("{messages: m}")).isFalse();
    assertThat(adds("{messages: m, add_special_tokens: true}")).isTrue();
    assertThat(adds("{column: prompt, add_special_tokens: false}")).isFalse();
  }

  private boolean adds(String prompt) {
    return rows(prompt).get(0).getAs("__add_special_tokens");
  }

  @Test
  void namesColumnsThatAreNotThere() {
    assertThat(
            problems(
                job(
                    write("in.jsonl", LINES),
                    "prompt={column: promt, input: inptu, template: alpaca-ja}")))
        .hasSize(2)
        .allMatch(problem -> problem.contains("the input has no such column"));
    assertThat(problems(job(write("in.jsonl", LINES), "prompt={messages: mm}")))
        .singleElement()
        .asString()
        .startsWith("prompt.messages: Cannot use column mm");
  }
}
