package org.yukiguni.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yukiguni.job.JsonValues;

/** The language piece by piece, against what the jinja2 of transformers made of each. */
class LanguageTest {
  private static final File GOLDEN = new File("src/test/resources/fixtures/jinja/golden.json");

  @Test
  void everyPieceReadsAsInJinja2() throws IOException {
    JsonNode golden = new ObjectMapper().readTree(GOLDEN);
    Map<String, Object> variables = JsonValues.map(golden.get("variables"));
    LocalDateTime now = LocalDateTime.parse(golden.get("now").asText());
    List<String> wrong = new ArrayList<>();
    for (JsonNode test : golden.get("cases")) {
      String template = test.get("template").asText();
      String expected = test.has("text") ? test.get("text").asText() : "an error";
      String found;
      try {
        found = Template.parse(template).render(variables, now);
      } catch (TemplateException e) {
        found = "an error";
        assertThat(e.getMessage().lines()).as(template).hasSize(1);
      }
      if (!found.equals(expected)) {
        wrong.add("%s\n  expected %s\n  found    %s".formatted(template, expected, found));
      }
    }
    assertThat(golden.get("cases").size()).isGreaterThan(340);
    assertThat(wrong).isEmpty();
  }
}
