package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template has. */
final class Globals {
  /** The longest range that Jinja's sandbox makes. */
  private static final int MAX_RANGE = 100_000;

  private static final Map<String, Function> ALL =
      Map.of(
          "range",
          Globals::range,
          "dict",
          (arguments, budget) -> dict(arguments),
          "namespace",
          (arguments, budget) -> new Namespace(dict(arguments)),
          "raise_exception",
          Globals::raise);

  private Globals() {}

  /** A function by its name; null if there is none. */
  static Function get(String name) {
    return ALL.get(name);
  }

  private static List<Object> range(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("start", "stop", "step");
    long first = Values.index(bound.get("start"));
    long from = bound.has("stop") ? first : 0;
    long to = bound.has("stop") ? Values.index(bound.get("stop")) : first;
    long step = bound.integer("step", 1);
    if (step == 0) {
      throw new TemplateException("a range cannot have step 0");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      if (numbers.size() == MAX_RANGE) {
        throw new TemplateException("a range has more than " + MAX_RANGE + " numbers");
      }
      numbers.add(i);
    }
    budget.spend(numbers.size());
    return numbers;
  }

  private static Map<String, Object> dict(Arguments arguments) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Object given : arguments.positional()) {
      if (!(given instanceof Map<?, ?> map)) {
        throw new TemplateException(
            arguments.of() + " needs a dict, not a " + Values.typeName(given));
      }
      map.forEach((key, value) -> values.put(String.valueOf(key), value));
    }
    values.putAll(arguments.named());
    return values;
  }

  private static Object raise(Arguments arguments, Budget budget) {
    throw new TemplateException(Texts.str(arguments.bind("message").get("message"), budget));
  }
}
