package org.yukiguni.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yukiguni.job.JsonValues;

/**
 * A conversation as {@code apply_chat_template} of transformers made it a text.
 *
 * @param golden the template's tokens
 * @param expected the conversation, and its text or the error of the template
 */
public record ChatFixture(Template template, JsonNode golden, JsonNode expected) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The cases of a folder with a chat_template.jinja and its golden.json. */
  public static List<ChatFixture> in(Path folder) throws IOException {
    JsonNode golden = JSON.readTree(folder.resolve("golden.json").toFile());
    Template template = Template.parse(Files.readString(folder.resolve("chat_template.jinja")));
    List<ChatFixture> fixtures = new ArrayList<>();
    golden.get("cases").forEach(c -> fixtures.add(new ChatFixture(template, golden, c)));
    return fixtures;
  }

  /** What is rendered. */
  public String name() {
    return "%s, generation prompt %s, %s"
        .formatted(
            expected.path("name").asText(),
            expected.path("add_generation_prompt"),
            expected.path("kwargs"));
  }

  /** Renders, and compares the text or the error. */
  public void compare() {
    if (expected.has("error")) {
      assertThatThrownBy(this::render)
          .isInstanceOf(TemplateException.class)
          .hasMessage(expected.get("error").asText().replace("TemplateError: ", ""));
    } else {
      assertThat(render()).isEqualTo(expected.get("text").asText());
    }
  }

  private String render() {
    Map<String, Object> variables = new HashMap<>();
    for (String token : new String[] {"bos_token", "eos_token"}) {
      if (!golden.get(token).isNull()) {
        variables.put(token, golden.get(token).asText());
      }
    }
    variables.put("messages", JsonValues.of(expected.get("messages")));
    variables.put("add_generation_prompt", expected.get("add_generation_prompt").asBoolean());
    variables.put("tools", null);
    variables.put("documents", null);
    expected
        .path("kwargs")
        .properties()
        .forEach(entry -> variables.put(entry.getKey(), JsonValues.of(entry.getValue())));
    return template.render(variables, LocalDateTime.of(2025, 7, 10, 12, 0));
  }
}
