package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Turns the value of one key into the type of its component. */
final class Values {
  private final Problems problems;

  Values(Problems problems) {
    this.problems = problems;
  }

  /** Whether a record type is written as a single value. */
  static boolean isValue(Class<?> type) {
    return type == AutoCount.class
        || type == MemorySize.class
        || type == TimeLimit.class
        || type == Device.class;
  }

  /** The value, or null after a problem was noted. */
  Object read(String key, JsonNode node, Type type, Key rule) {
    if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
      return node.isObject() ? JsonValues.map(node) : mismatch(key, node, "a group of keys");
    }
    if (type instanceof ParameterizedType list) {
      return list(key, node, list.getActualTypeArguments()[0], rule);
    }
    if (type == String.class) {
      return text(key, node);
    }
    if (type == Boolean.class || type == boolean.class) {
      return node.isBoolean() ? node.booleanValue() : mismatch(key, node, "true or false");
    }
    if (type == Integer.class || type == int.class) {
      BigDecimal number = number(key, node, Range.ofInt(rule));
      return number == null ? null : number.intValueExact();
    }
    if (type == Long.class || type == long.class) {
      BigDecimal number = number(key, node, Range.ofLong(rule));
      return number == null ? null : number.longValueExact();
    }
    if (type == Double.class || type == double.class) {
      BigDecimal number = number(key, node, Range.ofDouble(rule));
      return number == null ? null : number.doubleValue();
    }
    if (type == AutoCount.class) {
      return count(key, node);
    }
    if (type == MemorySize.class) {
      return parsed(key, node, MemorySize::parse, MemorySize.FORMS);
    }
    if (type == TimeLimit.class) {
      return parsed(key, node, TimeLimit::parse, TimeLimit.FORMS);
    }
    if (type == Device.class) {
      return parsed(key, node, Device::parse, Device.FORMS);
    }
    return constant(key, node, (Class<?>) type);
  }

  private Object list(String key, JsonNode node, Type element, Key rule) {
    if (element instanceof ParameterizedType && !isListOfLists(node)) {
      // A plain list could mean one run or many of one, so it is not guessed.
      return mismatch(key, node, "a list of lists, none of them empty, such as [[1, 2], [3]]");
    }
    if (!node.isArray()) {
      Object only = read(key, node, element, rule);
      return only == null ? null : List.of(only);
    }
    List<Object> values = new ArrayList<>();
    boolean sound = true;
    for (int i = 0; i < node.size(); i++) {
      Object value = read(key + "[" + i + "]", node.get(i), element, rule);
      sound &= value != null;
      values.add(value);
    }
    return sound ? values : null;
  }

  private static boolean isListOfLists(JsonNode node) {
    boolean lists = node.isArray();
    for (JsonNode element : node) {
      lists &= element.isArray() && !element.isEmpty();
    }
    return lists;
  }

  private Object text(String key, JsonNode node) {
    if (node.isTextual() && !node.textValue().isEmpty()) {
      return node.textValue();
    }
    return mismatch(key, node, node.isNumber() || node.isBoolean() ? "a text in quotes" : "a text");
  }

  private BigDecimal number(String key, JsonNode node, Range range) {
    boolean finite = node.isNumber() && Double.isFinite(node.doubleValue());
    if (!finite || (range.kind() == Range.Kind.WHOLE && !node.isIntegralNumber())) {
      mismatch(key, node, range.expected());
      return null;
    }
    BigDecimal number = node.decimalValue();
    if (!range.contains(number)) {
      problems.add(key, node.asText() + " is out of range; " + range.advice(number));
      return null;
    }
    return number;
  }

  private Object count(String key, JsonNode node) {
    if (node.isTextual() && node.textValue().equals("auto")) {
      return AutoCount.AUTO;
    }
    boolean fits = node.isIntegralNumber() && node.canConvertToInt() && node.intValue() > 0;
    return fits
        ? new AutoCount(node.intValue())
        : mismatch(key, node, "auto or a whole number of 1 or more");
  }

  private Object parsed(
      String key, JsonNode node, Function<String, Object> parser, String expected) {
    try {
      return node.isTextual() || node.isIntegralNumber()
          ? parser.apply(node.asText())
          : mismatch(key, node, expected);
    } catch (IllegalArgumentException e) {
      return mismatch(key, node, expected);
    }
  }

  private Object constant(String key, JsonNode node, Class<?> type) {
    // Hugging Face writes early_stopping as true, false or "never"; others have auto beside them.
    String text = node.isBoolean() ? node.asText() : node.textValue();
    for (Object constant : type.getEnumConstants()) {
      if (label(constant).equals(text)) {
        return constant;
      }
    }
    return mismatch(key, node, expected(type));
  }

  /** How an enum constant is written. */
  static String label(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What to give for a type, in words. */
  static String expected(Class<?> type) {
    if (!type.isEnum()) {
      return "a text";
    }
    String labels =
        Arrays.stream(type.getEnumConstants()).map(Values::label).collect(Collectors.joining(", "));
    return type.getEnumConstants().length == 1 ? labels : "one of " + labels;
  }

  private Object mismatch(String key, JsonNode node, String expected) {
    problems.add(key, "found " + describe(node) + "; give " + expected);
    return null;
  }

  /** What a node is, in words. */
  static String describe(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING ->
          node.textValue().isEmpty() ? "an empty text" : "the text '" + node.textValue() + "'";
      case NUMBER -> "the number " + node.asText();
      case BOOLEAN -> node.asText();
      case ARRAY -> "a list";
      case OBJECT -> "a group of keys";
      case NULL, MISSING -> "nothing";
      case BINARY, POJO -> "a value of no known type";
    };
  }
}
