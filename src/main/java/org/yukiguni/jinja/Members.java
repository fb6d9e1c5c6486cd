package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What stands behind a dot or in brackets. There is nothing but what is listed here. */
final class Members {
  private static final Set<String> CHANGING =
      Set.of(
          "append",
          "clear",
          "extend",
          "insert",
          "pop",
          "popitem",
          "remove",
          "setdefault",
          "update");

  private Members() {}

  /** {@code value.name}. */
  static Object attribute(Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.problem();
    }
    if (value instanceof Namespace namespace) {
      return known(namespace.attributes(), name);
    }
    if (value instanceof Loop loop) {
      Object found = loop.attribute(name);
      return found == null ? missing("loop", name) : found == Loop.NONE ? null : found;
    }
    Function method = method(value, name);
    if (method != null) {
      return method;
    }
    return value instanceof Map<?, ?> map
        ? known(map, name)
        : missing("the " + Values.typeName(value), name);
  }

  /** {@code value[key]}. */
  static Object item(Object value, Object key) {
    if (value instanceof Undefined undefined) {
      throw undefined.problem();
    }
    if (value instanceof Map<?, ?> map && map.containsKey(key)) {
      return map.get(key);
    }
    if (value instanceof List<?> list && isIndex(key)) {
      int index = Values.index(key);
      int at = index < 0 ? index + list.size() : index;
      return at >= 0 && at < list.size() ? list.get(at) : missing("the list", key);
    }
    if (value instanceof String text && isIndex(key)) {
      int[] codePoints = text.codePoints().toArray();
      int index = Values.index(key);
      int at = index < 0 ? index + codePoints.length : index;
      return at >= 0 && at < codePoints.length
          ? Character.toString(codePoints[at])
          : missing("the text", key);
    }
    return key instanceof String name
        ? attribute(value, name)
        : missing("the " + Values.typeName(value), key);
  }

  private static boolean isIndex(Object key) {
    return key instanceof Long || key instanceof Boolean;
  }

  private static Object known(Map<?, ?> map, String name) {
    return map.containsKey(name) ? map.get(name) : missing("the dict", name);
  }

  private static Undefined missing(String of, Object name) {
    return new Undefined("'" + name + "' of " + of);
  }

  private static Function method(Object value, String name) {
    if (value instanceof String text) {
      Function method = StringMethods.get(text, name);
      return method == null
          ? null
          : (arguments, budget) -> {
            budget.read(text);
            return method.call(arguments, budget);
          };
    }
    boolean isMap = value instanceof Map;
    if ((isMap || value instanceof List) && CHANGING.contains(name)) {
      // A dict may well have a key of such a name; only the call is refused, as in a sandbox.
      return isMap && ((Map<?, ?>) value).containsKey(name)
          ? null
          : (arguments, budget) -> {
            throw new TemplateException(name + "() is refused because it would change a value");
          };
    }
    if (value instanceof Map<?, ?> map) {
      return mapMethod(map, name);
    }
    return value instanceof List<?> list ? listMethod(list, name) : null;
  }

  private static Function mapMethod(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          (arguments, budget) -> {
            Arguments.Bound bound = arguments.bind("key", "default");
            return map.containsKey(bound.get("key"))
                ? map.get(bound.get("key"))
                : bound.get("default", null);
          };
      case "items" -> (arguments, budget) -> items(map, budget);
      case "keys" -> (arguments, budget) -> Values.elements(map, budget);
      case "values" ->
          (arguments, budget) -> {
            budget.spend(map.size());
            return new ArrayList<Object>(map.values());
          };
      case "copy" -> (arguments, budget) -> map;
      default -> null;
    };
  }

  /** A dict's pairs of key and value. */
  static List<Object> items(Map<?, ?> map, Budget budget) {
    List<Object> items = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      List<Object> item = new ArrayList<>();
      item.add(entry.getKey());
      item.add(entry.getValue());
      items.add(item);
    }
    budget.spend(3L * items.size());
    return items;
  }

  private static Function listMethod(List<?> list, String name) {
    return switch (name) {
      case "index" ->
          (arguments, budget) -> {
            Object wanted = arguments.bind("value").get("value");
            for (int i = 0; i < list.size(); i++) {
              if (Values.areEqual(list.get(i), wanted)) {
                return (long) i;
              }
            }
            throw new TemplateException("the list has no such element");
          };
      case "count" ->
          (arguments, budget) -> {
            Object wanted = arguments.bind("value").get("value");
            return list.stream().filter(element -> Values.areEqual(element, wanted)).count();
          };
      case "copy" -> (arguments, budget) -> list;
      default -> null;
    };
  }
}
