package org.yukiguni.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.AddSpecialTokens;
import org.yukiguni.job.JsonValues;
import org.yukiguni.job.PromptSpec;
import org.yukiguni.tokenizer.PromptConventions;
import org.yukiguni.tokenizer.Tokenizer;
import org.yukiguni.tokenizer.TokenizerException;

/** From a model's folder and messages to token ids, as {@code apply_chat_template} gives them. */
class ChatIdsTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void textsAndIdsAreThoseOfTransformers() throws IOException {
    JsonNode cases = JSON.readTree(FIXTURES.resolve("chat-ids.json").toFile());
    assertThat(cases.size()).isEqualTo(40);
    for (JsonNode test : cases) {
      Path chat = FIXTURES.resolve("chat").resolve(test.get("template").asText());
      try (Tokenizer tokenizer = Tokenizer.open(FIXTURES.resolve(test.get("model").asText()))) {
        PromptConventions model = PromptConventions.of(chat, tokenizer);
        Map<String, Object> kwargs = new LinkedHashMap<>(JsonValues.map(test.get("kwargs")));
        kwargs.put("add_generation_prompt", test.get("add_generation_prompt").asBoolean());
        PromptSpec spec =
            new PromptSpec(null, "m", null, null, null, kwargs, AddSpecialTokens.AUTO);
        RenderConversation render = new RenderConversation(Wording.of(spec, model).orElseThrow());
        String text = render.render(RenderConversation.values(test.get("messages")), null);
        assertThat(text).isEqualTo(test.get("text").asText());
        assertThat(Wording.addsSpecialTokens(spec, model)).isFalse();
        assertThat(tokenizer.encode(text))
            .as("%s", text)
            .isEqualTo(JSON.convertValue(test.get("ids"), int[].class));
      }
    }
  }

  private PromptConventions conventions(String tokenizerConfig, String chatTemplate)
      throws IOException {
    Path qwen = FIXTURES.resolve("qwen2");
    Files.writeString(folder.resolve("tokenizer_config.json"), tokenizerConfig);
    if (chatTemplate != null) {
      Files.writeString(folder.resolve("chat_template.jinja"), chatTemplate);
    }
    try (Tokenizer tokenizer = Tokenizer.open(qwen)) {
      return PromptConventions.of(folder, tokenizer);
    }
  }

  @Test
  void theTemplateOfAFolder() throws IOException {
    assertThat(conventions("{}", null).chatTemplate()).isEmpty();
    assertThat(conventions("{\"chat_template\": null}", null).chatTemplate()).isEmpty();
    assertThat(conventions("{\"chat_template\": \"t\"}", null).chatTemplate()).hasValue("t");
    String several =
        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"},"
            + " {\"name\": \"default\", \"template\": \"d\"}]}";
    assertThat(conventions(several, null).chatTemplate()).hasValue("d");
    assertThatThrownBy(() -> conventions(several.replace("default", "tool_use"), null))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("none in it is named default");
    assertThat(conventions(several, "from the file\n").chatTemplate()).hasValue("from the file\n");
  }

  @Test
  void whetherATokenizerAddsOnlyInFront() {
    assertThat(addsOnlyInFront("llama")).isTrue();
    assertThat(addsOnlyInFront("gemma2")).isTrue();
    assertThat(addsOnlyInFront("qwen2")).isTrue();
    assertThat(addsOnlyInFront("gpt_neox-sequential")).as("rinna's T5 appends </s>").isFalse();
  }

  private static boolean addsOnlyInFront(String model) {
    try (Tokenizer tokenizer = Tokenizer.open(FIXTURES.resolve(model))) {
      return PromptConventions.of(FIXTURES.resolve(model), tokenizer).addsOnlyInFront();
    }
  }
}
