package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a template that has a value. */
interface Expression {
  /** The value, computed at the cost of the scope's budget. */
  Object value(Scope scope);

  /** A constant. */
  record Literal(Object constant) implements Expression {
    @Override
    public Object value(Scope scope) {
      return constant;
    }
  }

  /** A variable. */
  record Name(String name) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.budget().step();
      return scope.get(name);
    }
  }

  /** {@code [a, b]} or {@code (a, b)}. */
  record ListOf(List<Expression> elements) implements Expression {
    @Override
    public Object value(Scope scope) {
      List<Object> values = new ArrayList<>();
      for (Expression element : elements) {
        values.add(element.value(scope));
      }
      scope.budget().spend(values.size());
      return values;
    }
  }

  /** One {@code key: value} of a dict. */
  record Entry(Expression key, Expression element) {}

  /** {@code {a: b}}. */
  record DictOf(List<Entry> entries) implements Expression {
    @Override
    public Object value(Scope scope) {
      Map<Object, Object> values = new LinkedHashMap<>();
      for (Entry entry : entries) {
        values.put(entry.key().value(scope), entry.element().value(scope));
      }
      scope.budget().spend(values.size());
      return values;
    }
  }

  /** {@code of.name}: what the value itself has under the name, else its item. */
  record Attribute(Expression of, String name) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.budget().step();
      return Members.attribute(of.value(scope), name);
    }
  }

  /** {@code of[key]}. */
  record Item(Expression of, Expression key) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.budget().step();
      Object value = of.value(scope);
      scope.budget().read(value);
      return Members.item(value, key.value(scope));
    }
  }

  /** {@code of[start:stop:step]}; each of the three may be null. */
  record Slice(Expression of, Expression start, Expression stop, Expression step)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      return Slices.slice(
          of.value(scope),
          part(start, scope),
          part(stop, scope),
          part(step, scope),
          scope.budget());
    }

    private static Object part(Expression part, Scope scope) {
      return part == null ? null : part.value(scope);
    }
  }

  /**
   * One argument; the name is null if it is positional, {@code *} for a list of positional ones and
   * {@code **} for a dict of named ones.
   */
  record Argument(String name, Expression expression) {
    static Arguments values(
        String of, Object first, List<Argument> arguments, Scope scope, boolean hasFirst) {
      List<Object> positional = new ArrayList<>();
      Map<String, Object> named = new LinkedHashMap<>();
      if (hasFirst) {
        positional.add(first);
      }
      for (Argument argument : arguments) {
        Object value = argument.expression().value(scope);
        if (argument.name() == null) {
          positional.add(value);
        } else if (argument.name().equals("*")) {
          positional.addAll(Values.elements(value, scope.budget()));
        } else if (argument.name().equals("**") && value instanceof Map<?, ?> map) {
          map.forEach((name, each) -> named.put(String.valueOf(name), each));
        } else {
          named.put(argument.name(), value);
        }
      }
      return new Arguments(of, positional, named);
    }
  }

  /** {@code callee(arguments)}. */
  record Call(Expression callee, String name, List<Argument> arguments) implements Expression {
    @Override
    public Object value(Scope scope) {
      return call(scope, null);
    }

    /** Calls with a {@code caller}, or null. */
    Object call(Scope scope, Function caller) {
      scope.budget().step();
      Object function = callee.value(scope);
      if (function instanceof Undefined undefined) {
        throw undefined.problem();
      }
      if (!(function instanceof Function callable)) {
        throw new TemplateException("a " + Values.typeName(function) + " cannot be called");
      }
      Arguments values = Argument.values(name + "()", null, arguments, scope, false);
      if (caller != null) {
        values.named().put("caller", caller);
      }
      return callable.call(values, scope.budget());
    }
  }

  /** {@code of | name(arguments)}. */
  record Filter(Expression of, String name, List<Argument> arguments) implements Expression {
    @Override
    public Object value(Scope scope) {
      return apply(of.value(scope), scope);
    }

    Object apply(Object value, Scope scope) {
      scope.budget().step();
      scope.budget().read(value);
      Arguments values = Argument.values("the filter " + name, value, arguments, scope, true);
      return Filters.get(name).call(values, scope.budget());
    }
  }

  /** {@code of is name(arguments)}. */
  record Test(Expression of, String name, List<Argument> arguments) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.budget().step();
      Object value = of.value(scope);
      scope.budget().read(value);
      Arguments values = Argument.values("the test " + name, value, arguments, scope, true);
      return Tests.get(name).call(values, scope.budget());
    }
  }

  /** {@code -of}. */
  record Negative(Expression of) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = of.value(scope);
      if (!Values.isNumber(value)) {
        throw new TemplateException("a " + Values.typeName(value) + " has no negative");
      }
      return Numbers.negate(value);
    }
  }

  /** Arithmetic, and what texts and lists do under its signs. */
  record Binary(String operator, Expression left, Expression right) implements Expression {
    @Override
    public Object value(Scope scope) {
      scope.budget().step();
      return Operators.apply(operator, left.value(scope), right.value(scope), scope.budget());
    }
  }

  /** {@code a ~ b ~ c}. */
  record Concat(List<Expression> parts) implements Expression {
    @Override
    public Object value(Scope scope) {
      StringBuilder text = new StringBuilder();
      for (Expression part : parts) {
        String next = Texts.str(part.value(scope), scope.budget());
        scope.budget().spend(next.length());
        text.append(next);
      }
      return text.toString();
    }
  }

  /** {@code left operator right}, and on with the right one: {@code a < b <= c}. */
  record Comparison(Expression first, List<Operand> others) implements Expression {
    /** An operator with what stands right of it. */
    record Operand(String operator, Expression right) {}

    @Override
    public Object value(Scope scope) {
      Object left = first.value(scope);
      for (Operand operand : others) {
        scope.budget().step();
        Object right = operand.right().value(scope);
        if (!Operators.compare(operand.operator(), left, right, scope.budget())) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  /** {@code left and right}: the first of them that decides. */
  record And(Expression left, Expression right) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = left.value(scope);
      return Values.isTrue(value) ? right.value(scope) : value;
    }
  }

  /** {@code left or right}: the first of them that decides. */
  record Or(Expression left, Expression right) implements Expression {
    @Override
    public Object value(Scope scope) {
      Object value = left.value(scope);
      return Values.isTrue(value) ? value : right.value(scope);
    }
  }

  /** {@code not of}. */
  record Not(Expression of) implements Expression {
    @Override
    public Object value(Scope scope) {
      return !Values.isTrue(of.value(scope));
    }
  }

  /** {@code then if condition else otherwise}; without else it is undefined. */
  record Conditional(Expression condition, Expression then, Expression otherwise)
      implements Expression {
    @Override
    public Object value(Scope scope) {
      if (Values.isTrue(condition.value(scope))) {
        return then.value(scope);
      }
      return otherwise == null
          ? new Undefined("the value of an if without else")
          : otherwise.value(scope);
    }
  }
}
