package org.yukiguni.jinja;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yukiguni.fuzz.Fuzzer;

/** Damaged templates: what can be parsed is rendered, within its budget. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TemplateFuzzTest {
  private static final Path CHAT = Path.of("src/test/resources/fixtures/chat");

  private static final List<String> PIECES =
      List.of(
          "{{ ",
          " }}",
          "{% ",
          " %}",
          "{%- ",
          "{# ",
          " #}",
          "{% endif %}",
          "{% endfor %}",
          "{% for x in range(99999) %}",
          "{% for m in messages %}",
          "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
          "{% set a = messages %}",
          "{% set ns = namespace(t='x') %}",
          "{% set ns.t = ns.t ~ ns.t %}",
          "{% include 'x' %}",
          "{{ ('x' * 999) * 999 }}",
          "{{ 'x' * 99999999999 }}",
          "{{ range(10 ** 9) | list | length }}",
          "{{ 9223372036854775807 + 1 }}",
          "{{ -9223372036854775808 // -1 }}",
          "{{ 1 / 0 }}",
          "{{ 1 % 0 }}",
          "{{ 2 ** 99999 }}",
          "{{ messages[::-1][0]['content'][::-2] }}",
          "{{ messages[::0] }}",
          "{{ '%s %d' % (messages, 'x') }}",
          "{{ '{:>999999999}'.format(1) }}",
          "{{ 'x'.center(999999999) }}",
          "{{ 'x' | indent(999999999) }}",
          "{{ messages | tojson(indent=999999999) }}",
          "{{ ''.__class__ }}",
          "{{ self }}",
          " | tojson",
          " | upper",
          " | join('x' * 99999)",
          " if ",
          " else ",
          " is defined",
          " in ",
          " not ",
          " ~ ",
          "(",
          ")",
          "[",
          "]",
          "(".repeat(3_000),
          "[".repeat(3_000),
          "{% if true %}".repeat(2_000),
          "not ".repeat(5_000),
          "'",
          "\"",
          "\\",
          "\0",
          "雪",
          "\ufeff",
          "99999999999999999999",
          "1e999");

  @Test
  void templates() throws IOException {
    try (Stream<Path> folders = Files.list(CHAT)) {
      List<byte[]> seeds =
          folders.sorted().map(folder -> bytes(folder.resolve("chat_template.jinja"))).toList();
      Fuzzer.run(
          "chat template",
          seeds,
          PIECES,
          3_000,
          input -> Template.parse(new String(input, UTF_8)).render(variables(), LocalDateTime.MIN),
          TemplateException.class);
    }
  }

  private static Map<String, Object> variables() {
    Map<String, Object> variables = new HashMap<>();
    variables.put("bos_token", "<s>");
    variables.put("eos_token", "</s>");
    variables.put("add_generation_prompt", true);
    variables.put("tools", null);
    variables.put("documents", null);
    variables.put(
        "messages",
        List.of(
            Map.of("role", "user", "content", "雪 %s {0} \0"),
            Map.of("role", "assistant", "content", "b".repeat(300)),
            Map.of("role", "user", "content", "")));
    return variables;
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
