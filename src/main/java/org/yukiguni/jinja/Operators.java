package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The signs between two values. */
final class Operators {
  private Operators() {}

  static Object apply(String operator, Object left, Object right, Budget budget) {
    refuseUndefined(left);
    refuseUndefined(right);
    if (Values.isNumber(left) && Values.isNumber(right)) {
      return Numbers.apply(operator, left, right);
    }
    if (operator.equals("+") && left instanceof String a && right instanceof String b) {
      return budget.made(a + b);
    }
    if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
      budget.spend((long) a.size() + b.size());
      List<Object> both = new ArrayList<>(a);
      both.addAll(b);
      return both;
    }
    if (operator.equals("*") && (left instanceof Long || right instanceof Long)) {
      return left instanceof Long times
          ? repeat(right, times, budget)
          : repeat(left, (Long) right, budget);
    }
    if (operator.equals("%") && left instanceof String format) {
      List<?> values = right instanceof List<?> list ? list : List.of(right);
      return Formats.percent(format, values, budget);
    }
    throw new TemplateException(
        "a %s and a %s have no %s"
            .formatted(Values.typeName(left), Values.typeName(right), operator));
  }

  private static Object repeat(Object value, long times, Budget budget) {
    long bounded = Math.max(0, Math.min(times, Integer.MAX_VALUE));
    budget.spend((Values.length(value) + 1) * bounded);
    if (value instanceof String text) {
      return text.repeat((int) bounded);
    }
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < bounded; i++) {
      all.addAll(Values.elements(value, budget));
    }
    return all;
  }

  private static void refuseUndefined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.problem();
    }
  }

  static boolean compare(String operator, Object left, Object right, Budget budget) {
    budget.read(left);
    return switch (operator) {
      case "==" -> Values.areEqual(left, right);
      case "!=" -> !Values.areEqual(left, right);
      case "<" -> Values.compare(left, right) < 0;
      case "<=" -> Values.compare(left, right) <= 0;
      case ">" -> Values.compare(left, right) > 0;
      case ">=" -> Values.compare(left, right) >= 0;
      case "in" -> contains(right, left, budget);
      case "not in" -> !contains(right, left, budget);
      default -> throw new TemplateException("no operator " + operator);
    };
  }

  static boolean contains(Object container, Object value, Budget budget) {
    if (container instanceof String text) {
      budget.spend(text.length());
      if (!(value instanceof String part)) {
        throw new TemplateException("a " + Values.typeName(value) + " cannot be in a str");
      }
      return text.contains(part);
    }
    if (container instanceof Map<?, ?> map) {
      return map.containsKey(value);
    }
    if (container instanceof List<?> list) {
      budget.spend(list.size());
      return list.stream().anyMatch(element -> Values.areEqual(element, value));
    }
    if (container instanceof Undefined) {
      return false;
    }
    throw new TemplateException("nothing can be in a " + Values.typeName(container));
  }
}
