package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.AddSpecialTokens;
import org.yukiguni.job.NamedTemplate;
import org.yukiguni.job.PromptSpec;
import org.yukiguni.tokenizer.PromptConventions;

/** The templates that come with the program, to the character as the models' cards have them. */
class NamedTemplateTest {
  private static final PromptConventions MODEL =
      new PromptConventions(Optional.empty(), Map.of(), true);

  private static String render(String name, String input, String... rolesAndTexts) {
    PromptSpec spec = new PromptSpec(null, "m", name, null, null, Map.of(), AddSpecialTokens.AUTO);
    List<Object> messages = new ArrayList<>();
    for (int i = 0; i < rolesAndTexts.length; i += 2) {
      messages.add(Map.of("role", rolesAndTexts[i], "content", rolesAndTexts[i + 1]));
    }
    return new RenderConversation(Wording.of(spec, MODEL).orElseThrow()).render(messages, input);
  }

  @Test
  void rinnaDialogue() {
    assertThat(
            render(
                "rinna-dialogue",
                null,
                "user",
                "日本のおすすめの\n観光地を教えてください。",
                "assistant",
                "どの地域ですか？",
                "user",
                "渋谷の観光地。"))
        .isEqualTo(
            "ユーザー: 日本のおすすめの<NL>観光地を教えてください。<NL>システム: どの地域ですか？<NL>" + "ユーザー: 渋谷の観光地。<NL>システム: ");
    assertThatThrownBy(() -> render("rinna-dialogue", null, "system", "x"))
        .hasMessage("rinna's dialogue has user and assistant messages only, not system");
  }

  @Test
  void rinnaBilingual() {
    assertThat(
            render("rinna-bilingual", null, "user", "Hi.\nYou?", "assistant", "Yes.", "user", "a"))
        .isEqualTo("ユーザー: Hi.\nYou?\nシステム: Yes.\nユーザー: a\nシステム: ");
  }

  @Test
  void alpacaJapanese() {
    assertThat(render("alpaca-ja", null, "user", "詩を書け。\n"))
        .isEqualTo(
            "以下に、あるタスクを説明する指示があります。リクエストを適切に完了するための回答を記述してください。\n\n"
                + "### 指示:\n詩を書け。\n\n\n### 応答:");
    assertThat(render("alpaca-ja", "", "user", "詩"))
        .isEqualTo(render("alpaca-ja", null, "user", "詩"));
    assertThat(render("alpaca-ja", "雪", "user", "詩"))
        .isEqualTo(
            "以下に、あるタスクを説明する指示があり、それに付随する入力が更なる文脈を提供しています。リクエストを適切に完了するための回答を記述してください。\n\n"
                + "### 指示:\n詩\n\n### 入力:\n雪\n\n### 応答:");
  }

  @Test
  void alpacaEnglish() {
    assertThat(render("alpaca-en", null, "user", "Write."))
        .isEqualTo(
            "Below is an instruction that describes a task. Write a response that appropriately"
                + " completes the request.\n\n### Instruction:\nWrite.\n\n### Response:\n");
    assertThat(render("alpaca-en", "snow", "user", "Write."))
        .isEqualTo(
            "Below is an instruction that describes a task, paired with an input that provides"
                + " further context. Write a response that appropriately completes the request."
                + "\n\n### Instruction:\nWrite.\n\n### Input:\nsnow\n\n### Response:\n");
    assertThat(render("alpaca-en", "snow", "system", "Be terse.", "user", "Write."))
        .isEqualTo("Be terse.\n\n### Instruction:\nWrite.\n\n### Input:\nsnow\n\n### Response:\n");
    assertThatThrownBy(() -> render("alpaca-en", null, "user", "a", "assistant", "b", "user", "c"))
        .hasMessage("Alpaca has one user message, behind a system message or none");
    assertThatThrownBy(() -> render("alpaca-en", null, "system", "a"))
        .hasMessage("Alpaca needs a user message");
  }

  @Test
  void plain() {
    assertThat(render("plain", null, "user", " a", "assistant", "b ")).isEqualTo(" a\nb ");
  }

  @Test
  void everyFileIsATemplateThatSaysWhatItIsFor() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/prompts"))) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")))
          .containsExactlyInAnyOrderElementsOf(NamedTemplate.NAMES);
    }
    for (String name : NamedTemplate.NAMES) {
      Path file = Path.of("src/main/resources/prompts", name + ".yaml");
      assertThat(Files.readString(file)).startsWith("# ");
      assertThat(NamedTemplate.find(name).orElseThrow().source()).isNotBlank();
    }
    assertThat(NamedTemplate.find("../prompts/plain")).isEmpty();
  }
}
