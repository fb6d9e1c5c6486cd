package org.yukiguni.job;

import java.util.ArrayList;
import java.util.List;

/**
 * A template cut at its placeholders: {@code {column}} stands for the row's value of a column,
 * <code>{{</code> and <code>}}</code> for a brace.
 *
 * @param parts in order; texts and columns
 */
public record PromptTemplate(List<Part> parts) {
  public PromptTemplate {
    parts = List.copyOf(parts);
  }

  /** A piece of a template. */
  public sealed interface Part {}

  /** A text as it is. */
  public record Text(String text) implements Part {}

  /** The row's value of a column. */
  public record Column(String name) implements Part {}

  /**
   * Cuts a template.
   *
   * @throws IllegalArgumentException if a brace has no partner, or there is no placeholder
   */
  public static PromptTemplate parse(String template) {
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < template.length(); at++) {
      char c = template.charAt(at);
      if ((c == '{' || c == '}') && template.startsWith(String.valueOf(c), at + 1)) {
        text.append(c);
        at++;
      } else if (c == '{') {
        int end = template.indexOf('}', at);
        if (end < 0) {
          throw new IllegalArgumentException(
              "the { at character " + (at + 1) + " is not closed; write {{ for a brace");
        }
        parts.add(new Text(text.toString()));
        text.setLength(0);
        parts.add(column(template.substring(at + 1, end), at));
        at = end;
      } else if (c == '}') {
        throw new IllegalArgumentException(
            "the } at character " + (at + 1) + " closes nothing; write }} for a brace");
      } else {
        text.append(c);
      }
    }
    parts.add(new Text(text.toString()));
    parts.removeIf(part -> part instanceof Text piece && piece.text().isEmpty());
    if (parts.stream().noneMatch(Column.class::isInstance)) {
      throw new IllegalArgumentException(
          "the template has no {column}, so all prompts would be equal; name a column in it");
    }
    return new PromptTemplate(parts);
  }

  private static Column column(String name, int at) {
    if (name.isEmpty() || name.indexOf('{') >= 0) {
      throw new IllegalArgumentException(
          "the { at character "
              + (at + 1)
              + " is not followed by a column's name; write {{ for a brace");
    }
    return new Column(name);
  }
}
