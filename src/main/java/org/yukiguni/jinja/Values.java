package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Python's view of values. None is null; integers are {@code Long}, floats {@code Double}, lists
 * and tuples {@code List}, dicts {@code Map}.
 */
final class Values {
  private Values() {}

  static boolean isTrue(Object value) {
    if (value == null || value instanceof Undefined) {
      return false;
    }
    if (value instanceof Boolean bool) {
      return bool;
    }
    if (value instanceof Number number) {
      return number.doubleValue() != 0;
    }
    if (value instanceof String text) {
      return !text.isEmpty();
    }
    if (value instanceof List<?> list) {
      return !list.isEmpty();
    }
    return !(value instanceof Map<?, ?> map) || !map.isEmpty();
  }

  static boolean areEqual(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return Numbers.compare(a, b) == 0;
    }
    if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!areEqual(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.keySet().equals(y.keySet())
          && x.entrySet().stream().allMatch(e -> areEqual(e.getValue(), y.get(e.getKey())));
    }
    return Objects.equals(a, b);
  }

  /** Python's order; refuses values that have none. */
  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return Numbers.compare(a, b);
    }
    if (a instanceof String x && b instanceof String y) {
      return compareCodePoints(x, y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        if (!areEqual(x.get(i), y.get(i))) {
          return compare(x.get(i), y.get(i));
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    throw new TemplateException("a " + typeName(a) + " cannot be compared with a " + typeName(b));
  }

  private static int compareCodePoints(String a, String b) {
    int[] x = a.codePoints().toArray();
    int[] y = b.codePoints().toArray();
    return java.util.Arrays.compare(x, y);
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  /** A whole number that fits an index. */
  static int index(Object value) {
    if (value instanceof Boolean bool) {
      return bool ? 1 : 0;
    }
    if (value instanceof Long number) {
      return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number));
    }
    throw new TemplateException("a whole number is needed, not a " + typeName(value));
  }

  /** The elements that a loop over the value sees. */
  static List<Object> elements(Object value, Budget budget) {
    List<Object> elements = new ArrayList<>();
    if (value instanceof List<?> list) {
      elements.addAll(list);
    } else if (value instanceof Map<?, ?> map) {
      elements.addAll(map.keySet());
    } else if (value instanceof String text) {
      text.codePoints().forEach(c -> elements.add(Character.toString(c)));
    } else if (!(value instanceof Undefined)) {
      throw new TemplateException("a " + typeName(value) + " has no elements");
    }
    budget.spend(elements.size());
    return elements;
  }

  static long length(Object value) {
    if (value instanceof String text) {
      return text.codePointCount(0, text.length());
    }
    if (value instanceof List<?> list) {
      return list.size();
    }
    if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    if (value instanceof Undefined) {
      return 0;
    }
    throw new TemplateException("a " + typeName(value) + " has no length");
  }

  /** Python's name of a value's type. */
  static String typeName(Object value) {
    if (value == null) {
      return "None";
    }
    if (value instanceof Boolean) {
      return "bool";
    }
    if (value instanceof Long || value instanceof java.math.BigInteger) {
      return "int";
    }
    if (value instanceof Number) {
      return "float";
    }
    if (value instanceof String) {
      return "str";
    }
    if (value instanceof List) {
      return "list";
    }
    if (value instanceof Map) {
      return "dict";
    }
    return value instanceof Undefined ? "undefined value" : "function or namespace";
  }

  /** White space as Python's {@code str.isspace} has it. */
  static boolean isSpace(int codePoint) {
    return Character.isWhitespace(codePoint)
        || codePoint == 0x85
        || codePoint == 0xa0
        || codePoint == 0x2007
        || codePoint == 0x202f;
  }

  static String stripLeading(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
