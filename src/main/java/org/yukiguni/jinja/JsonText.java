package org.yukiguni.jinja;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Python's {@code json.dumps(value, ensure_ascii=False)}, which is transformers' {@code tojson}.
 */
final class JsonText {
  private final StringBuilder out = new StringBuilder();
  private final Budget budget;
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sortsKeys;

  private JsonText(Arguments.Bound options, Budget budget) {
    this.budget = budget;
    Object width = options.get("indent", null);
    indent =
        width == null || width instanceof String
            ? (String) width
            : " ".repeat(Math.min(100, Math.max(0, Values.index(width))));
    if (options.get("separators", null) instanceof List<?> pair && pair.size() == 2) {
      itemSeparator = (String) pair.get(0);
      keySeparator = (String) pair.get(1);
    } else {
      itemSeparator = indent == null ? ", " : ",";
      keySeparator = ": ";
    }
    sortsKeys = options.flag("sort_keys");
  }

  /** The value as JSON; options are those of the filter. */
  static String of(Object value, Arguments.Bound options, Budget budget) {
    JsonText json = new JsonText(options, budget);
    json.write(value, 0);
    return json.out.toString();
  }

  private void write(Object value, int depth) {
    int before = out.length();
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Double number) {
      out.append(
          number.isNaN()
              ? "NaN"
              : number.isInfinite()
                  ? (number > 0 ? "Infinity" : "-Infinity")
                  : Numbers.text(number));
    } else if (value instanceof Number) {
      out.append(value);
    } else if (value instanceof String text) {
      quote(text);
    } else if (value instanceof List<?> list) {
      list(list, depth);
    } else if (value instanceof Map<?, ?> map) {
      map(map, depth);
    } else {
      throw new TemplateException("tojson cannot write a " + Values.typeName(value));
    }
    budget.spend(out.length() - before);
  }

  private void list(List<?> list, int depth) {
    out.append('[');
    String gap = "";
    for (Object element : list) {
      out.append(gap);
      line(depth + 1);
      write(element, depth + 1);
      gap = itemSeparator;
    }
    close(list.isEmpty(), depth, ']');
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    String gap = "";
    for (Map.Entry<?, ?> entry : (sortsKeys ? new TreeMap<>(map) : map).entrySet()) {
      out.append(gap);
      line(depth + 1);
      Object key = entry.getKey();
      quote(key instanceof String text ? text : key == null ? "null" : of(key));
      out.append(keySeparator);
      write(entry.getValue(), depth + 1);
      gap = itemSeparator;
    }
    close(map.isEmpty(), depth, '}');
  }

  private String of(Object key) {
    return key instanceof Boolean ? key.toString() : Texts.str(key, budget);
  }

  private void close(boolean isEmpty, int depth, char bracket) {
    if (!isEmpty) {
      line(depth);
    }
    out.append(bracket);
  }

  private void line(int depth) {
    if (indent != null) {
      budget.spend((long) depth * indent.length());
      out.append('\n').append(indent.repeat(depth));
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> out.append(c < 0x20 ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    out.append('"');
  }
}
