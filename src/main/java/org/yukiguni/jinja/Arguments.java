package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The arguments of a call.
 *
 * @param of what is called, for messages
 */
record Arguments(String of, List<Object> positional, Map<String, Object> named) {
  private static final Object MISSING = new Object();

  /** No arguments. */
  static Arguments none(String of) {
    return new Arguments(of, List.of(), Map.of());
  }

  /**
   * Sorts the arguments to parameters; those that are not given are missing.
   *
   * @throws TemplateException if there are more of them than parameters, or others
   */
  Bound bind(String... parameters) {
    Map<String, Object> values = new LinkedHashMap<>();
    Set<String> unknown = new HashSet<>(named.keySet());
    for (int i = 0; i < parameters.length; i++) {
      unknown.remove(parameters[i]);
      Object value = named.getOrDefault(parameters[i], MISSING);
      if (i < positional.size()) {
        if (value != MISSING) {
          throw new TemplateException(of + " got " + parameters[i] + " twice");
        }
        value = positional.get(i);
      }
      if (value != MISSING) {
        values.put(parameters[i], value);
      }
    }
    if (positional.size() > parameters.length || !unknown.isEmpty()) {
      throw new TemplateException(
          of
              + " takes "
              + (parameters.length == 0 ? "no arguments" : String.join(", ", parameters))
              + (unknown.isEmpty() ? ", not more" : " and no " + String.join(", ", unknown)));
    }
    return new Bound(of, values);
  }

  /** The same call without its first arguments. */
  Arguments rest(int from) {
    return new Arguments(of, new ArrayList<>(positional.subList(from, positional.size())), named);
  }

  /** Arguments by parameter. */
  record Bound(String of, Map<String, Object> values) {
    boolean has(String name) {
      return values.containsKey(name);
    }

    Object get(String name) {
      if (!has(name)) {
        throw new TemplateException(of + " needs " + name);
      }
      return values.get(name);
    }

    Object get(String name, Object otherwise) {
      return values.getOrDefault(name, otherwise);
    }

    String text(String name) {
      return text(get(name));
    }

    /** A text, or null if it is missing or none. */
    String textOrNull(String name) {
      Object value = get(name, null);
      return value == null ? null : text(value);
    }

    private String text(Object value) {
      if (value instanceof String text) {
        return text;
      }
      throw new TemplateException(of + " needs a text, not " + Values.typeName(value));
    }

    int integer(String name, int otherwise) {
      Object value = get(name, null);
      return value == null ? otherwise : Values.index(value);
    }

    boolean flag(String name) {
      return Values.isTrue(get(name, false));
    }
  }
}
