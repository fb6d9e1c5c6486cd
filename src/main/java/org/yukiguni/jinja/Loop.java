package org.yukiguni.jinja;

import java.util.List;

/** The variable {@code loop}: where a for loop stands. A recursive one can be called. */
final class Loop implements Function {
  /** Stands for a None, since null says that there is no such attribute. */
  static final Object NONE = new Object();

  private final List<Object> elements;
  private final int depth;
  private final Function recursion;
  private int index;
  private Object lastSeen = NONE;

  /**
   * A loop before its first turn.
   *
   * @param recursion renders the loop over other elements; null if it is not recursive
   */
  Loop(List<Object> elements, int depth, Function recursion) {
    this.elements = elements;
    this.depth = depth;
    this.recursion = recursion;
  }

  @Override
  public Object call(Arguments arguments, Budget budget) {
    if (recursion == null) {
      throw new TemplateException("loop() needs a loop that is marked recursive");
    }
    return recursion.call(arguments, budget);
  }

  void at(int newIndex) {
    index = newIndex;
  }

  /** An attribute, null if there is none of that name. */
  Object attribute(String name) {
    long size = elements.size();
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> size - index;
      case "revindex0" -> size - index - 1;
      case "first" -> index == 0;
      case "last" -> index == size - 1;
      case "length" -> size;
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" -> neighbour(index - 1, "there is no previous item");
      case "nextitem" -> neighbour(index + 1, "there is no next item");
      case "cycle" -> (Function) (arguments, budget) -> cycle(arguments.positional());
      case "changed" -> (Function) (arguments, budget) -> changed(arguments.positional());
      default -> null;
    };
  }

  private Object neighbour(int at, String otherwise) {
    if (at < 0 || at >= elements.size()) {
      return new Undefined("loop: " + otherwise + ", it");
    }
    Object element = elements.get(at);
    return element == null ? NONE : element;
  }

  private Object cycle(List<Object> values) {
    if (values.isEmpty()) {
      throw new TemplateException("loop.cycle() needs values");
    }
    return values.get(index % values.size());
  }

  private boolean changed(List<Object> values) {
    boolean isChanged = lastSeen == NONE || !Values.areEqual(lastSeen, values);
    lastSeen = values;
    return isChanged;
  }
}
