package org.yukiguni.jinja;

import java.util.HashMap;
import java.util.Map;

/** Names and their values in one block of a template, the text it writes, and what it may spend. */
final class Scope {
  private final Scope outer;
  private final Map<String, Object> names = new HashMap<>();
  private final StringBuilder out;
  private final Budget budget;

  private Scope(Scope outer, StringBuilder out, Budget budget) {
    this.outer = outer;
    this.out = out;
    this.budget = budget;
  }

  /** The outermost scope, with these variables. */
  static Scope of(Map<String, Object> variables, Budget budget) {
    Scope scope = new Scope(null, new StringBuilder(), budget);
    scope.names.putAll(variables);
    return scope;
  }

  /** A scope inside this one that writes to the same text. */
  Scope inner() {
    return new Scope(this, out, budget);
  }

  /** A scope inside this one that writes to a text of its own. */
  Scope innerWithOwnText() {
    return new Scope(this, new StringBuilder(), budget);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.names.containsKey(name)) {
        return scope.names.get(name);
      }
    }
    Object global = Globals.get(name);
    return global == null ? new Undefined("'" + name + "'") : global;
  }

  void set(String name, Object value) {
    names.put(name, value);
  }

  void write(String text) {
    budget.spend(text.length());
    out.append(text);
  }

  String written() {
    return out.toString();
  }

  Budget budget() {
    return budget;
  }
}
