package org.yukiguni.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stranger's template ends soon, with a text or a sentence, and reaches nothing of ours. */
@Timeout(60)
class SandboxTest {
  private static String render(String template, Map<String, Object> variables) {
    return Template.parse(template).render(variables, LocalDateTime.of(2025, 7, 10, 12, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100000) %}{{ 'x' * 100000 }}{% endfor %}",
        "{{ 'x' * 999999999999 }}",
        "{{ [] * 999999999999 }}",
        "{{ ('x' * 9999) * 99999 }}",
        "{% set ns = namespace(t='x') %}{% for a in range(100) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for a in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set t = 'x' * 5000000 %}{% for a in range(100000) %}{{ t == t ~ '' }}{% endfor %}",
        "{% set t = 'x' * 5000000 %}{% for a in range(100000) %}{% if t.find('y') > 0 %}{% endif %}{% endfor %}",
        "{% set t = 'x' * 5000000 %}{% for a in range(100000) %}{% set u = t[1] %}{% endfor %}",
        "{{ ('x' * 9999999) | indent(1000) | indent | indent }}",
        "{{ ('x\n' * 99999) | indent(1000) }}",
        "{{ ('x' * 9999) | replace('', 'y' * 9999) }}",
        "{{ (range(100000) | list | map('string') | join('y' * 999)) }}",
        "{{ range(99999999) }}"
      })
  void boundsTimeAndMemory(String template) {
    assertThatThrownBy(() -> render(template, Map.of()))
        .isInstanceOf(TemplateException.class)
        .hasMessageMatching("the template computes too long .*|a range has more than .*");
  }

  @Test
  void boundsDepth() {
    String macro = "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}";
    assertThatThrownBy(() -> render(macro, Map.of())).hasMessageContaining("50 deep");
    for (String open : new String[] {"(", "[", "{1:", "-", "not "}) {
      String close =
          open.equals("(") ? ")" : open.equals("[") ? "]" : open.equals("{1:") ? "}" : "";
      String deep = "{{ " + open.repeat(50_000) + "1" + close.repeat(50_000) + " }}";
      assertThatThrownBy(() -> Template.parse(deep))
          .hasMessage("line 1: nested more than 100 deep");
    }
    assertThatThrownBy(() -> Template.parse("{% if 1 %}".repeat(100_000)))
        .hasMessageContaining("nested more than 100 deep");
    assertThatThrownBy(() -> render("{{ 1" + "+ 1".repeat(50_000) + " }}", Map.of()))
        .hasMessageContaining("too deep");
    String nested =
        "{% set ns = namespace(l=[]) %}{% for a in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}";
    assertThatThrownBy(() -> render(nested + "{{ ns.l }}", Map.of()))
        .hasMessageContaining("too deep");
  }

  @Test
  void valuesHaveNoJavaInThem() {
    Map<String, Object> variables = new HashMap<>();
    variables.put("text", "t");
    variables.put("list", List.of(1L));
    variables.put("map", Map.of("k", "v"));
    variables.put("number", 1.5);
    for (String value : List.of("text", "list", "map", "number", "text.strip", "range", "loop")) {
      for (String name :
          List.of("class", "getClass", "hashCode", "toString", "wait", "__class__", "forName")) {
        assertThat(render("{{ (" + value + "." + name + ") is defined }}", guarded(variables)))
            .isEqualTo("False");
      }
    }
  }

  private static Map<String, Object> guarded(Map<String, Object> variables) {
    Map<String, Object> all = new HashMap<>(variables);
    all.put("loop", "no loop here");
    return all;
  }

  @Test
  void whatIsGivenCannotBeChanged() {
    List<Object> messages = new ArrayList<>(List.of("a"));
    for (String change : List.of("append('b')", "insert(0, 'b')", "pop()", "clear()")) {
      assertThatThrownBy(
              () -> render("{{ messages." + change + " }}", Map.of("messages", messages)))
          .hasMessageContaining("it would change a value");
    }
    assertThat(messages).isEqualTo(List.of("a"));
  }

  @Test
  void aLongConversationIsWithinBounds() throws IOException {
    List<Object> messages = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      messages.add(
          Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", "長い話。".repeat(250)));
    }
    Map<String, Object> variables = new HashMap<>();
    variables.put("messages", messages);
    variables.put("bos_token", "<s>");
    variables.put("eos_token", "</s>");
    variables.put("add_generation_prompt", true);
    for (String style : List.of("alpaca", "gemma", "llama3", "mistral", "qwen")) {
      Path file = Path.of("src/test/resources/fixtures/chat", style, "chat_template.jinja");
      assertThat(render(Files.readString(file), variables)).hasSizeGreaterThan(2_000_000);
    }
  }
}
