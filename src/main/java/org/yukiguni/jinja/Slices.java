package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.List;

/** Python's slices, of lists and of texts by code points. */
final class Slices {
  private Slices() {}

  static Object slice(Object value, Object start, Object stop, Object step, Budget budget) {
    if (value instanceof Undefined undefined) {
      throw undefined.problem();
    }
    if (!(value instanceof String) && !(value instanceof List)) {
      throw new TemplateException("a " + Values.typeName(value) + " cannot be sliced");
    }
    List<Object> elements = Values.elements(value, budget);
    int size = elements.size();
    int by = step == null ? 1 : Values.index(step);
    if (by == 0) {
      throw new TemplateException("a slice cannot have step 0");
    }
    int lowest = by > 0 ? 0 : -1;
    int highest = by > 0 ? size : size - 1;
    int from = bound(start, by > 0 ? lowest : highest, size, lowest, highest);
    int to = bound(stop, by > 0 ? highest : lowest, size, lowest, highest);
    List<Object> chosen = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      chosen.add(elements.get((int) i));
    }
    if (value instanceof List) {
      return chosen;
    }
    StringBuilder text = new StringBuilder();
    chosen.forEach(text::append);
    return text.toString();
  }

  private static int bound(Object given, int otherwise, int size, int lowest, int highest) {
    if (given == null) {
      return otherwise;
    }
    int index = Values.index(given);
    return Math.max(lowest, Math.min(highest, index < 0 ? index + size : index));
  }
}
