package org.yukiguni.jinja;

import static org.yukiguni.jinja.Filters.elements;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The filters that work on lists and the like. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void addTo(Map<String, Function> all) {
    all.put("length", (a, b) -> Values.length(a.bind("value").get("value")));
    all.put("list", (a, b) -> elements(a.bind("value"), b));
    all.put("first", (a, b) -> end(elements(a.bind("value"), b), 0));
    all.put("last", (a, b) -> end(elements(a.bind("value"), b), -1));
    all.put("reverse", SequenceFilters::reverse);
    all.put("join", SequenceFilters::join);
    all.put("items", SequenceFilters::items);
    all.put("dictsort", SequenceFilters::dictSort);
    all.put("sort", SequenceFilters::sort);
    all.put("unique", SequenceFilters::unique);
    all.put("sum", SequenceFilters::sum);
    all.put("min", (a, b) -> extreme(a, b, -1));
    all.put("max", (a, b) -> extreme(a, b, 1));
    all.put("map", SequenceFilters::map);
    all.put("select", (a, b) -> chosen(a, b, false, true));
    all.put("reject", (a, b) -> chosen(a, b, false, false));
    all.put("selectattr", (a, b) -> chosen(a, b, true, true));
    all.put("rejectattr", (a, b) -> chosen(a, b, true, false));
  }

  private static Object end(List<Object> elements, int index) {
    if (elements.isEmpty()) {
      return new Undefined("the end of an empty list");
    }
    return elements.get(index < 0 ? elements.size() - 1 : index);
  }

  private static Object reverse(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value");
    if (bound.get("value") instanceof String text) {
      return budget.made(new StringBuilder(text).reverse().toString());
    }
    List<Object> elements = elements(bound, budget);
    Collections.reverse(elements);
    return elements;
  }

  private static String join(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "d", "attribute");
    Object attribute = bound.get("attribute", null);
    String gap = Texts.str(bound.get("d", ""), budget);
    StringBuilder text = new StringBuilder();
    List<Object> elements = elements(bound, budget);
    for (int i = 0; i < elements.size(); i++) {
      Object element = elements.get(i);
      String part = Texts.str(attribute == null ? element : reach(element, attribute), budget);
      budget.spend(part.length() + gap.length());
      text.append(i == 0 ? "" : gap).append(part);
    }
    return text.toString();
  }

  private static List<Object> items(Arguments arguments, Budget budget) {
    Object value = arguments.bind("value").get("value");
    if (value instanceof Undefined) {
      return List.of();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw new TemplateException("items needs a dict, not a " + Values.typeName(value));
    }
    return Members.items(map, budget);
  }

  private static List<Object> dictSort(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "case_sensitive", "by", "reverse");
    Object by = bound.get("by", "key").equals("value") ? 1L : 0L;
    List<Object> items =
        items(new Arguments("dictsort", List.of(bound.get("value")), Map.of()), budget);
    sort(items, by, bound.flag("case_sensitive"), bound.flag("reverse"), budget);
    return items;
  }

  private static List<Object> sort(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "reverse", "case_sensitive", "attribute");
    List<Object> elements = elements(bound, budget);
    sort(
        elements,
        bound.get("attribute", null),
        bound.flag("case_sensitive"),
        bound.flag("reverse"),
        budget);
    return elements;
  }

  private static void sort(
      List<Object> elements, Object attribute, boolean sensitive, boolean reverse, Budget budget) {
    budget.spend(20L * elements.size());
    Comparator<Object> order =
        (x, y) -> Values.compare(key(x, attribute, sensitive), key(y, attribute, sensitive));
    elements.sort(reverse ? order.reversed() : order);
  }

  private static Object key(Object element, Object attribute, boolean sensitive) {
    Object key = attribute == null ? element : reach(element, attribute);
    return key instanceof String text && !sensitive ? text.toLowerCase(java.util.Locale.ROOT) : key;
  }

  private static List<Object> unique(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "case_sensitive", "attribute");
    List<Object> kept = new ArrayList<>();
    List<Object> keys = new ArrayList<>();
    for (Object element : elements(bound, budget)) {
      Object key = key(element, bound.get("attribute", null), bound.flag("case_sensitive"));
      budget.spend(keys.size());
      if (keys.stream().noneMatch(other -> Values.areEqual(other, key))) {
        keys.add(key);
        kept.add(element);
      }
    }
    return kept;
  }

  private static Object sum(Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("value", "attribute", "start");
    Object total = bound.get("start", 0L);
    for (Object element : elements(bound, budget)) {
      Object attribute = bound.get("attribute", null);
      Object next = attribute == null ? element : reach(element, attribute);
      total = Operators.apply("+", total, next, budget);
    }
    return total;
  }

  private static Object extreme(Arguments arguments, Budget budget, int sign) {
    Arguments.Bound bound = arguments.bind("value", "case_sensitive", "attribute");
    Object best = null;
    Object bestKey = null;
    List<Object> elements = elements(bound, budget);
    for (Object element : elements) {
      Object key = key(element, bound.get("attribute", null), bound.flag("case_sensitive"));
      if (bestKey == null || sign * Values.compare(key, bestKey) > 0) {
        best = element;
        bestKey = key;
      }
    }
    return elements.isEmpty() ? new Undefined("an extreme of no values") : best;
  }

  /** {@code map(attribute=...)} or {@code map(filter, ...)}. */
  private static List<Object> map(Arguments arguments, Budget budget) {
    Object values = arguments.positional().get(0);
    Arguments rest = arguments.rest(1);
    List<Object> mapped = new ArrayList<>();
    if (rest.positional().isEmpty()) {
      Arguments.Bound bound = rest.bind("attribute", "default");
      for (Object element : Values.elements(values, budget)) {
        Object found = reach(element, bound.get("attribute"));
        mapped.add(found instanceof Undefined ? bound.get("default", found) : found);
      }
      return mapped;
    }
    String name = Texts.str(rest.positional().get(0), budget);
    Function filter = Filters.get(name);
    if (filter == null) {
      throw new TemplateException("there is no filter " + name);
    }
    for (Object element : Values.elements(values, budget)) {
      mapped.add(filter.call(with(element, rest.rest(1), "the filter " + name), budget));
    }
    return mapped;
  }

  private static Arguments with(Object first, Arguments rest, String of) {
    List<Object> positional = new ArrayList<>();
    positional.add(first);
    positional.addAll(rest.positional());
    return new Arguments(of, positional, rest.named());
  }

  /** select, reject, selectattr and rejectattr: by a test, or by being true. */
  private static List<Object> chosen(
      Arguments arguments, Budget budget, boolean byAttribute, boolean keepsPassing) {
    Object values = arguments.positional().get(0);
    Arguments rest = arguments.rest(1);
    Object attribute = null;
    if (byAttribute) {
      if (rest.positional().isEmpty()) {
        throw new TemplateException(arguments.of() + " needs an attribute");
      }
      attribute = rest.positional().get(0);
      rest = rest.rest(1);
    }
    Predicate<Object> test = test(rest, budget);
    List<Object> chosen = new ArrayList<>();
    for (Object element : Values.elements(values, budget)) {
      budget.step();
      if (test.test(byAttribute ? reach(element, attribute) : element) == keepsPassing) {
        chosen.add(element);
      }
    }
    return chosen;
  }

  private static Predicate<Object> test(Arguments arguments, Budget budget) {
    if (arguments.positional().isEmpty()) {
      return Values::isTrue;
    }
    String name = Texts.str(arguments.positional().get(0), budget);
    Function test = Tests.get(name);
    if (test == null) {
      throw new TemplateException("there is no test " + name);
    }
    Arguments rest = arguments.rest(1);
    return value -> Values.isTrue(test.call(with(value, rest, "the test " + name), budget));
  }

  /** An attribute by its name, which may have dots, or by a number. */
  private static Object reach(Object value, Object attribute) {
    Object reached = value;
    if (!(attribute instanceof String path)) {
      return Members.item(value, attribute);
    }
    for (String part : path.split("\\.", -1)) {
      boolean isNumber = part.matches("\\d{1,9}");
      reached = Members.item(reached, isNumber ? (Object) Long.valueOf(part) : part);
    }
    return reached;
  }
}
