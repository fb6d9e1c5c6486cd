package org.yukiguni.jinja;

import java.util.List;
import java.util.Map;

/** Values as texts: Python's {@code str} and {@code repr}, and transformers' JSON. */
final class Texts {
  private Texts() {}

  /** What {@code {{ value }}} writes. */
  static String str(Object value, Budget budget) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Undefined) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    repr(value, text, budget);
    return text.toString();
  }

  private static void repr(Object value, StringBuilder out, Budget budget) {
    int before = out.length();
    if (value == null) {
      out.append("None");
    } else if (value instanceof Boolean bool) {
      out.append(bool ? "True" : "False");
    } else if (value instanceof Double number) {
      out.append(Numbers.text(number));
    } else if (value instanceof Number) {
      out.append(value);
    } else if (value instanceof String text) {
      quote(text, out);
    } else if (value instanceof List<?> list) {
      String gap = "[";
      for (Object element : list) {
        repr(element, out.append(gap), budget);
        gap = ", ";
      }
      out.append(list.isEmpty() ? "[]" : "]");
    } else if (value instanceof Map<?, ?> map) {
      String gap = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        repr(entry.getKey(), out.append(gap), budget);
        repr(entry.getValue(), out.append(": "), budget);
        gap = ", ";
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else {
      throw new TemplateException("a " + Values.typeName(value) + " cannot be written");
    }
    budget.spend(out.length() - before);
  }

  private static void quote(String text, StringBuilder out) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    out.append(quote);
    text.codePoints()
        .forEach(
            c -> {
              if (c == quote || c == '\\') {
                out.append('\\').appendCodePoint(c);
              } else if (c == '\n') {
                out.append("\\n");
              } else if (c == '\r') {
                out.append("\\r");
              } else if (c == '\t') {
                out.append("\\t");
              } else if (c < 0x20 || c == 0x7f) {
                out.append("\\x%02x".formatted(c));
              } else {
                out.appendCodePoint(c);
              }
            });
    out.append(quote);
  }
}
