package org.yukiguni.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every case of the fixtures reads as {@code apply_chat_template} of transformers made it. */
class ChatFixtureTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures/chat");
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"alpaca", "gemma", "llama3", "mistral", "qwen", "rinna"})
  void rendersAsTransformersDoes(String style) throws IOException {
    JsonNode golden = JSON.readTree(FIXTURES.resolve(style + "/golden.json").toFile());
    Template template =
        Template.parse(Files.readString(FIXTURES.resolve(style + "/chat_template.jinja")));
    assertThat(golden.get("cases").size()).isGreaterThan(50);
    for (JsonNode test : golden.get("cases")) {
      Map<String, Object> variables = variables(golden, test);
      if (test.has("error")) {
        assertThatThrownBy(() -> render(template, variables))
            .isInstanceOf(TemplateException.class)
            .hasMessage(test.get("error").asText().replace("TemplateError: ", ""));
      } else {
        assertThat(render(template, variables))
            .as("%s of %s", test, style)
            .isEqualTo(test.get("text").asText());
      }
    }
  }

  private static String render(Template template, Map<String, Object> variables) {
    return template.render(variables, LocalDateTime.of(2025, 7, 10, 12, 0));
  }

  private static Map<String, Object> variables(JsonNode golden, JsonNode test) {
    Map<String, Object> variables = new HashMap<>();
    for (String token : new String[] {"bos_token", "eos_token"}) {
      if (!golden.get(token).isNull()) {
        variables.put(token, golden.get(token).asText());
      }
    }
    variables.put("messages", JsonValues.of(test.get("messages")));
    variables.put("add_generation_prompt", test.get("add_generation_prompt").asBoolean());
    variables.put("tools", null);
    variables.put("documents", null);
    test.path("kwargs")
        .properties()
        .forEach(entry -> variables.put(entry.getKey(), JsonValues.of(entry.getValue())));
    return variables;
  }
}
