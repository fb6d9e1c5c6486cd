package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The filters of Jinja that templates use; the filtered value is the first argument. */
final class Filters {
  private static final Map<String, Function> ALL = new HashMap<>();

  static {
    texts();
    numbers();
    SequenceFilters.addTo(ALL);
    ALL.put("default", Filters::defaultValue);
    ALL.put("tojson", Filters::toJson);
    alias("d", "default");
    alias("count", "length");
    alias("e", "escape");
  }

  private Filters() {}

  /** A filter by its name; null if there is none. */
  static Function get(String name) {
    return ALL.get(name);
  }

  private static void alias(String alias, String name) {
    ALL.put(alias, ALL.get(name));
  }

  private static void texts() {
    ALL.put("string", (a, b) -> str(a.bind("value"), b));
    // Nothing is escaped here, so what is safe is as it is.
    ALL.put("safe", (a, b) -> str(a.bind("value"), b));
    ALL.put("upper", (a, b) -> b.made(str(a.bind("value"), b).toUpperCase(Locale.ROOT)));
    ALL.put("lower", (a, b) -> b.made(str(a.bind("value"), b).toLowerCase(Locale.ROOT)));
    ALL.put("capitalize", (a, b) -> b.made(StringMethods.capitalize(str(a.bind("value"), b))));
    ALL.put("title", (a, b) -> b.made(title(str(a.bind("value"), b))));
    ALL.put("trim", Filters::trim);
    ALL.put("replace", Filters::replace);
    ALL.put("indent", Filters::indent);
    ALL.put("escape", (a, b) -> b.made(escape(str(a.bind("value"), b))));
    ALL.put("format", Filters::format);
  }

  private static void numbers() {
    ALL.put("int", Filters::toInt);
    ALL.put("float", Filters::toFloat);
    ALL.put("abs", Filters::abs);
    ALL.put("round", Filters::round);
  }

  private static String str(Arguments.Bound bound, Budget budget) {
    return Texts.str(bound.get("value"), budget);
  }

  private static Object defaultValue(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "default_value", "boolean");
    Object value = bound.get("value");
    boolean isThere = bound.flag("boolean") ? Values.isTrue(value) : !(value instanceof Undefined);
    return isThere ? value : bound.get("default_value", "");
  }

  private static String toJson(Arguments arguments, Budget budget) {
    Arguments.Bound bound =
        arguments.bind("value", "ensure_ascii", "indent", "separators", "sort_keys");
    return JsonText.of(bound.get("value"), bound, budget);
  }

  private static String trim(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "chars");
    return StringMethods.strip(str(bound, budget), bound.textOrNull("chars"), true, true);
  }

  private static String replace(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "old", "new", "count");
    return StringMethods.replace(str(bound, budget), bound, budget);
  }

  private static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean startsWord = true;
    for (int c : text.codePoints().toArray()) {
      result.appendCodePoint(startsWord ? Character.toUpperCase(c) : Character.toLowerCase(c));
      startsWord = Values.isSpace(c) || "-([{<".indexOf(c) >= 0;
    }
    return result.toString();
  }

  private static String indent(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "width", "first", "blank");
    String text = str(bound, budget);
    String indent =
        bound.get("width", 4L) instanceof String given
            ? given
            : " ".repeat(Math.max(0, Math.min(1000, bound.integer("width", 4))));
    StringBuilder result = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      boolean isIndented =
          i == 0 ? bound.flag("first") : !lines[i].isEmpty() || bound.flag("blank");
      budget.spend(indent.length() + 1L);
      result.append(i == 0 ? "" : "\n").append(isIndented ? indent : "").append(lines[i]);
    }
    return budget.made(result.toString());
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }

  private static String format(Arguments arguments, Budget budget) {
    return Formats.percent(
        Texts.str(arguments.positional().get(0), budget), arguments.rest(1).positional(), budget);
  }

  private static Object toInt(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "default");
    Object value = bound.get("value");
    try {
      return value instanceof String text
          ? text.contains(".")
              ? (long) Double.parseDouble(text)
              : Long.parseLong(StringMethods.strip(text, null, true, true))
          : Values.isNumber(value) ? Numbers.toLong(value) : bound.get("default", 0L);
    } catch (NumberFormatException e) {
      return bound.get("default", 0L);
    }
  }

  private static Object toFloat(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "default");
    Object value = bound.get("value");
    try {
      return value instanceof String text
          ? Double.parseDouble(text)
          : Values.isNumber(value) ? Numbers.toDouble(value) : bound.get("default", 0.0);
    } catch (NumberFormatException e) {
      return bound.get("default", 0.0);
    }
  }

  private static Object abs(Arguments arguments, Budget budget) {
    Object value = number(arguments.bind("value").get("value"));
    return Numbers.compare(value, 0L) < 0 ? Numbers.negate(value) : value;
  }

  private static Object round(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "precision", "method");
    double scale = Math.pow(10, bound.integer("precision", 0));
    double scaled = Numbers.toDouble(number(bound.get("value"))) * scale;
    String method = bound.get("method", "common").toString();
    return switch (method) {
      case "ceil" -> Math.ceil(scaled) / scale;
      case "floor" -> Math.floor(scaled) / scale;
      default -> Math.rint(scaled) / scale;
    };
  }

  private static Object number(Object value) {
    if (!Values.isNumber(value)) {
      throw new TemplateException("a number is needed, not a " + Values.typeName(value));
    }
    return value;
  }

  /** A list of values, copied so that it can be changed. */
  static List<Object> elements(Arguments.Bound bound, Budget budget) {
    return new ArrayList<>(Values.elements(bound.get("value"), budget));
  }
}
