package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.List;

/** A part of a template that writes something or sets a name. */
interface Statement {
  /** How a block goes on after a statement. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /** Does it, in a scope. */
  Flow run(Scope scope);

  /** Does one after the other, until one breaks the flow. */
  static Flow runAll(List<Statement> statements, Scope scope) {
    for (Statement statement : statements) {
      scope.budget().step();
      Flow flow = statement.run(scope);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  /** A text outside of tags. */
  record Text(String text) implements Statement {
    @Override
    public Flow run(Scope scope) {
      scope.write(text);
      return Flow.NEXT;
    }
  }

  /** {@code {{ expression }}}. */
  record Print(Expression expression) implements Statement {
    @Override
    public Flow run(Scope scope) {
      scope.write(Texts.str(expression.value(scope), scope.budget()));
      return Flow.NEXT;
    }
  }

  /** A condition and what it guards. */
  record Branch(Expression condition, List<Statement> body) {}

  /** {@code if}, {@code elif} and {@code else}; an if makes no scope. */
  record If(List<Branch> branches, List<Statement> otherwise) implements Statement {
    @Override
    public Flow run(Scope scope) {
      for (Branch branch : branches) {
        if (Values.isTrue(branch.condition().value(scope))) {
          return runAll(branch.body(), scope);
        }
      }
      return runAll(otherwise, scope);
    }
  }

  /** {@code break} or {@code continue}. */
  record Jump(Flow flow) implements Statement {
    @Override
    public Flow run(Scope scope) {
      return flow;
    }
  }

  /** {@code set targets = expression}. */
  record Set(Target target, Expression expression) implements Statement {
    @Override
    public Flow run(Scope scope) {
      target.assign(expression.value(scope), scope);
      return Flow.NEXT;
    }
  }

  /** {@code {% set target %}}, a body, {@code endset}; the filters may be empty. */
  record SetBlock(Target target, List<Expression.Filter> filters, List<Statement> body)
      implements Statement {
    @Override
    public Flow run(Scope scope) {
      target.assign(filtered(scope, filters, body), scope);
      return Flow.NEXT;
    }
  }

  /** {@code {% filter %}}, a body, {@code endfilter}. */
  record FilterBlock(List<Expression.Filter> filters, List<Statement> body) implements Statement {
    @Override
    public Flow run(Scope scope) {
      scope.write(Texts.str(filtered(scope, filters, body), scope.budget()));
      return Flow.NEXT;
    }
  }

  private static Object filtered(
      Scope scope, List<Expression.Filter> filters, List<Statement> body) {
    Scope inner = scope.innerWithOwnText();
    Flow unused = runAll(body, inner);
    Object value = inner.written();
    for (Expression.Filter filter : filters) {
      value = filter.apply(value, scope);
    }
    return value;
  }

  /** A body with a scope of its own, in which names may be set first. */
  record With(List<Set> names, List<Statement> body) implements Statement {
    @Override
    public Flow run(Scope scope) {
      Scope inner = scope.inner();
      names.forEach(name -> name.target().assign(name.expression().value(scope), inner));
      return runAll(body, inner);
    }
  }

  /** {@code for target in elements if condition}; the condition may be null. */
  record For(
      Target target,
      Expression elements,
      Expression condition,
      List<Statement> body,
      List<Statement> otherwise,
      boolean isRecursive)
      implements Statement {
    @Override
    public Flow run(Scope scope) {
      loop(elements.value(scope), scope, 0);
      return Flow.NEXT;
    }

    private void loop(Object values, Scope scope, int depth) {
      List<Object> chosen = new ArrayList<>();
      for (Object element : Values.elements(values, scope.budget())) {
        Scope inner = scope.inner();
        if (condition != null) {
          target.assign(element, inner);
        }
        if (condition == null || Values.isTrue(condition.value(inner))) {
          chosen.add(element);
        }
      }
      Loop loop = new Loop(chosen, depth, isRecursive ? recursion(scope, depth + 1) : null);
      for (int i = 0; i < chosen.size(); i++) {
        scope.budget().step();
        loop.at(i);
        // Names that are set in one turn are gone in the next.
        Scope inner = scope.inner();
        inner.set("loop", loop);
        target.assign(chosen.get(i), inner);
        if (runAll(body, inner) == Flow.BREAK) {
          return;
        }
      }
      if (chosen.isEmpty()) {
        Flow unused = runAll(otherwise, scope.inner());
      }
    }

    private Function recursion(Scope scope, int depth) {
      return (arguments, budget) -> {
        Scope inner = scope.innerWithOwnText();
        budget.enterCall();
        loop(arguments.bind("elements").get("elements"), inner, depth);
        budget.leaveCall();
        return inner.written();
      };
    }
  }

  /** {@code macro name(parameters)}. */
  record MacroDefinition(String name, Macro.Signature signature, List<Statement> body)
      implements Statement {
    @Override
    public Flow run(Scope scope) {
      scope.set(name, new Macro(name, signature, body, scope));
      return Flow.NEXT;
    }
  }

  /** {@code call(parameters) macro(arguments)}, a body, {@code endcall}. */
  record CallBlock(Macro.Signature signature, Expression.Call call, List<Statement> body)
      implements Statement {
    @Override
    public Flow run(Scope scope) {
      Macro caller = new Macro("caller", signature, body, scope);
      scope.write(Texts.str(call.call(scope, caller), scope.budget()));
      return Flow.NEXT;
    }
  }
}
