package org.yukiguni.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The tests behind {@code is}; the tested value is the first argument. */
final class Tests {
  private static final Map<String, Function> ALL = new HashMap<>();

  static {
    add("defined", v -> !(v instanceof Undefined));
    add("undefined", Undefined.class::isInstance);
    add("none", v -> v == null);
    add("boolean", Boolean.class::isInstance);
    add("true", v -> Boolean.TRUE.equals(v));
    add("false", v -> Boolean.FALSE.equals(v));
    add("string", String.class::isInstance);
    add("mapping", Map.class::isInstance);
    add("sequence", v -> v instanceof String || v instanceof List || v instanceof Map);
    add("iterable", Tests::isIterable);
    add("callable", Function.class::isInstance);
    add("number", Values::isNumber);
    add("integer", v -> v instanceof Number && !(v instanceof Double));
    add("float", Double.class::isInstance);
    add("odd", v -> Math.floorMod(Numbers.toLong(v), 2) == 1);
    add("even", v -> Math.floorMod(Numbers.toLong(v), 2) == 0);
    add("lower", v -> v instanceof String s && s.equals(s.toLowerCase(Locale.ROOT)));
    add("upper", v -> v instanceof String s && s.equals(s.toUpperCase(Locale.ROOT)));
    add("escaped", v -> false);
    compare("==", "eq", "equalto");
    compare("!=", "ne");
    compare("<", "lt", "lessthan");
    compare("<=", "le");
    compare(">", "gt", "greaterthan");
    compare(">=", "ge");
    ALL.put("in", (a, b) -> Operators.compare("in", value(a), other(a), b));
    ALL.put("sameas", (a, b) -> value(a) == other(a) || Values.areEqual(value(a), other(a)));
    ALL.put("divisibleby", (a, b) -> Values.index(value(a)) % Values.index(other(a)) == 0);
    ALL.put("filter", (a, b) -> Filters.get(String.valueOf(value(a))) != null);
    ALL.put("test", (a, b) -> get(String.valueOf(value(a))) != null);
  }

  private Tests() {}

  /** A test by its name; null if there is none. */
  static Function get(String name) {
    return ALL.get(name);
  }

  private static void add(String name, Predicate<Object> test) {
    ALL.put(name, (arguments, budget) -> test.test(arguments.bind("value").get("value")));
  }

  private static void compare(String operator, String... names) {
    Function test = (a, b) -> Operators.compare(operator, value(a), other(a), b);
    ALL.put(operator, test);
    for (String name : names) {
      ALL.put(name, test);
    }
  }

  private static Object value(Arguments arguments) {
    return arguments.bind("value", "other").get("value");
  }

  private static Object other(Arguments arguments) {
    return arguments.bind("value", "other").get("other");
  }

  private static boolean isIterable(Object value) {
    return value instanceof String
        || value instanceof List
        || value instanceof Map
        || value instanceof Undefined;
  }
}
