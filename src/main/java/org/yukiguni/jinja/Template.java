package org.yukiguni.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A parsed template; may be rendered any number of times, by several threads at once. */
public final class Template {
  private final List<Statement> statements;

  private Template(List<Statement> statements) {
    this.statements = statements;
  }

  /**
   * Parses a template.
   *
   * @throws TemplateException if it is not Jinja, or uses what is not there (include, import, an
   *     unknown filter or test)
   */
  public static Template parse(String source) {
    try {
      return new Template(StatementParser.parse(source));
    } catch (StackOverflowError e) {
      throw new TemplateException("the template is nested too deep");
    }
  }

  /**
   * Renders the template.
   *
   * @param variables by name; the values are null, Boolean, Long, Double, String, and lists and
   *     maps (with texts as keys) of them
   * @param now what {@code strftime_now} tells
   * @throws TemplateException if the template raises an exception, misuses a value, or computes or
   *     writes too much
   */
  public String render(Map<String, Object> variables, LocalDateTime now) {
    Budget budget = new Budget(size(variables));
    Map<String, Object> all = new HashMap<>(variables);
    all.put(
        "strftime_now",
        (Function)
            (arguments, ignored) -> Strftime.format(arguments.bind("format").text("format"), now));
    Scope scope = Scope.of(all, budget);
    try {
      Statement.Flow unused = Statement.runAll(statements, scope);
      return scope.written();
    } catch (StackOverflowError e) {
      throw new TemplateException("the template's values are nested too deep");
    }
  }

  private static long size(Object value) {
    if (value instanceof String text) {
      return text.length();
    }
    if (value instanceof List<?> list) {
      return list.stream().mapToLong(Template::size).sum();
    }
    return value instanceof Map<?, ?> map
        ? map.values().stream().mapToLong(Template::size).sum()
        : 1;
  }
}
