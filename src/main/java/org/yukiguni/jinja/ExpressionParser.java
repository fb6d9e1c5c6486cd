package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.yukiguni.jinja.Expression.Argument;
import org.yukiguni.jinja.Token.Kind;

/** Reads expressions, with the precedences of {@code jinja2.parser}. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  /** Names that go on after an expression and are no argument of a test. */
  private static final Set<String> KEYWORDS = Set.of("else", "or", "and", "if", "is", "not", "in");

  private final Tokens tokens;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  /** An expression, or several between commas as a tuple. */
  Expression tuple() {
    Expression first = expression();
    if (!tokens.isOperator(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",") && startsExpression()) {
      elements.add(expression());
    }
    return new Expression.ListOf(elements);
  }

  private boolean startsExpression() {
    Kind kind = tokens.peek().kind();
    boolean isOpen =
        tokens.isOperator("(")
            || tokens.isOperator("[")
            || tokens.isOperator("{")
            || tokens.isOperator("-");
    return isOpen
        || kind == Kind.STRING
        || kind == Kind.INTEGER
        || kind == Kind.FLOAT
        || (kind == Kind.NAME && !tokens.isName("if") && !tokens.isName("recursive"));
  }

  /** A whole expression. */
  Expression expression() {
    tokens.enter();
    Expression then = or();
    while (tokens.skipName("if")) {
      Expression condition = or();
      Expression otherwise = tokens.skipName("else") ? expression() : null;
      then = new Expression.Conditional(condition, then, otherwise);
    }
    tokens.leave();
    return then;
  }

  /** An expression without an if of its own, as a loop's elements are. */
  Expression or() {
    Expression left = and();
    while (tokens.skipName("or")) {
      left = new Expression.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skipName("and")) {
      left = new Expression.And(left, not());
    }
    return left;
  }

  private Expression not() {
    if (!tokens.isName("not")) {
      return comparison();
    }
    tokens.enter();
    tokens.next();
    Expression not = new Expression.Not(not());
    tokens.leave();
    return not;
  }

  private Expression comparison() {
    Expression first = sum();
    List<Expression.Comparison.Operand> others = new ArrayList<>();
    while (true) {
      if (tokens.peek().kind() == Kind.OPERATOR && COMPARISONS.contains(tokens.peek().text())) {
        others.add(new Expression.Comparison.Operand(tokens.next().text(), sum()));
      } else if (tokens.skipName("in")) {
        others.add(new Expression.Comparison.Operand("in", sum()));
      } else if (tokens.isName("not") && tokens.isNameNext("in")) {
        tokens.next();
        tokens.next();
        others.add(new Expression.Comparison.Operand("not in", sum()));
      } else {
        return others.isEmpty() ? first : new Expression.Comparison(first, others);
      }
    }
  }

  private Expression sum() {
    Expression left = concat();
    while (tokens.isOperator("+") || tokens.isOperator("-")) {
      left = new Expression.Binary(tokens.next().text(), left, concat());
    }
    return left;
  }

  private Expression concat() {
    Expression first = product();
    if (!tokens.isOperator("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return new Expression.Concat(parts);
  }

  private Expression product() {
    Expression left = power();
    while (tokens.isOperator("*")
        || tokens.isOperator("/")
        || tokens.isOperator("//")
        || tokens.isOperator("%")) {
      left = new Expression.Binary(tokens.next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (tokens.skipOperator("**")) {
      left = new Expression.Binary("**", left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean hasFilters) {
    tokens.enter();
    Expression value;
    if (tokens.skipOperator("-")) {
      value = new Expression.Negative(unary(false));
    } else if (tokens.skipOperator("+")) {
      value = unary(false);
    } else {
      value = primary();
    }
    value = postfix(value);
    tokens.leave();
    return hasFilters ? filtered(value) : value;
  }

  private Expression primary() {
    Token token = tokens.peek();
    switch (token.kind()) {
      case NAME -> {
        return name(tokens.next().text());
      }
      case STRING -> {
        return text();
      }
      case INTEGER -> {
        return new Expression.Literal(integer(tokens.next().text()));
      }
      case FLOAT -> {
        return new Expression.Literal(Double.valueOf(tokens.next().text()));
      }
      default -> {
        return bracket();
      }
    }
  }

  private static Expression name(String name) {
    return switch (name) {
      case "true", "True" -> new Expression.Literal(true);
      case "false", "False" -> new Expression.Literal(false);
      case "none", "None" -> new Expression.Literal(null);
      default -> new Expression.Name(name);
    };
  }

  /** Texts in a row are one. */
  private Expression text() {
    StringBuilder text = new StringBuilder();
    while (tokens.peek().kind() == Kind.STRING) {
      text.append(tokens.next().text());
    }
    return new Expression.Literal(text.toString());
  }

  private long integer(String digits) {
    try {
      String lower = digits.toLowerCase(java.util.Locale.ROOT);
      int base = lower.startsWith("0x") ? 16 : lower.startsWith("0o") ? 8 : 2;
      return lower.matches("0[xob].*")
          ? Long.parseLong(lower.substring(2), base)
          : Long.parseLong(lower);
    } catch (NumberFormatException e) {
      throw tokens.wrong("the number " + digits + " is too large");
    }
  }

  private Expression bracket() {
    if (tokens.skipOperator("(")) {
      if (tokens.skipOperator(")")) {
        return new Expression.ListOf(List.of());
      }
      Expression inside = tuple();
      tokens.expectOperator(")");
      return inside;
    }
    if (tokens.skipOperator("[")) {
      List<Expression> elements = new ArrayList<>();
      while (!tokens.skipOperator("]")) {
        elements.add(expression());
        separator("]");
      }
      return new Expression.ListOf(elements);
    }
    if (tokens.skipOperator("{")) {
      List<Expression.Entry> entries = new ArrayList<>();
      while (!tokens.skipOperator("}")) {
        Expression key = expression();
        tokens.expectOperator(":");
        entries.add(new Expression.Entry(key, expression()));
        separator("}");
      }
      return new Expression.DictOf(entries);
    }
    throw tokens.unexpected("a value");
  }

  private void separator(String close) {
    if (!tokens.isOperator(close)) {
      tokens.expectOperator(",");
    }
  }

  /** What is reached from a value: attributes, items and calls. */
  private Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.skipOperator(".")) {
        Token name = tokens.next();
        if (name.kind() == Kind.INTEGER) {
          value = new Expression.Item(value, new Expression.Literal(integer(name.text())));
        } else if (name.kind() == Kind.NAME) {
          value = new Expression.Attribute(value, name.text());
        } else {
          throw tokens.unexpected("a name");
        }
      } else if (tokens.skipOperator("[")) {
        value = item(value);
        tokens.expectOperator("]");
      } else if (tokens.isOperator("(")) {
        value = call(value);
      } else {
        return value;
      }
    }
  }

  private Expression item(Expression of) {
    Expression start = tokens.isOperator(":") ? null : expression();
    if (!tokens.skipOperator(":")) {
      return new Expression.Item(of, start);
    }
    Expression stop = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
    Expression step = null;
    if (tokens.skipOperator(":") && !tokens.isOperator("]")) {
      step = expression();
    }
    return new Expression.Slice(of, start, stop, step);
  }

  private Expression.Call call(Expression callee) {
    String name =
        callee instanceof Expression.Name variable
            ? variable.name()
            : callee instanceof Expression.Attribute attribute ? attribute.name() : "the call";
    return new Expression.Call(callee, name, arguments());
  }

  private List<Argument> arguments() {
    List<Argument> arguments = new ArrayList<>();
    tokens.expectOperator("(");
    while (!tokens.skipOperator(")")) {
      if (tokens.isOperator("*") || tokens.isOperator("**")) {
        arguments.add(new Argument(tokens.next().text(), expression()));
      } else {
        arguments.add(argument());
      }
      separator(")");
    }
    return arguments;
  }

  private Argument argument() {
    Expression expression = expression();
    return expression instanceof Expression.Name name && tokens.skipOperator("=")
        ? new Argument(name.name(), expression())
        : new Argument(null, expression);
  }

  private Expression filtered(Expression start) {
    Expression value = start;
    while (true) {
      if (tokens.skipOperator("|")) {
        value = filter(value);
      } else if (tokens.skipName("is")) {
        value = test(value);
      } else if (tokens.isOperator("(")) {
        value = call(value);
      } else {
        return value;
      }
    }
  }

  /** A filter's name and arguments, behind its bar. */
  Expression.Filter filter(Expression of) {
    String name = tokens.expectName();
    if (Filters.get(name) == null) {
      throw tokens.wrong("there is no filter " + name);
    }
    return new Expression.Filter(of, name, tokens.isOperator("(") ? arguments() : List.of());
  }

  private Expression test(Expression of) {
    boolean isNegated = tokens.skipName("not");
    Token name = tokens.next();
    if (Tests.get(name.text()) == null) {
      throw tokens.wrong("there is no test " + name.text());
    }
    List<Argument> arguments = List.of();
    if (tokens.isOperator("(")) {
      arguments = arguments();
    } else if (startsArgument()) {
      arguments = List.of(new Argument(null, postfix(primary())));
    }
    Expression test = new Expression.Test(of, name.text(), arguments);
    return isNegated ? new Expression.Not(test) : test;
  }

  private boolean startsArgument() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> !KEYWORDS.contains(token.text());
      case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
      case TEXT, VARIABLE_START, VARIABLE_END, BLOCK_START, BLOCK_END, END -> false;
    };
  }

  /** The targets of an assignment. */
  Target target() {
    List<Target> targets = new ArrayList<>();
    boolean isSeveral = false;
    do {
      if (!targets.isEmpty() && tokens.peek().kind() != Kind.NAME && !tokens.isOperator("(")) {
        break;
      }
      if (tokens.skipOperator("(")) {
        targets.add(target());
        tokens.expectOperator(")");
      } else {
        String name = tokens.expectName();
        targets.add(
            tokens.skipOperator(".")
                ? new Target.Attribute(name, tokens.expectName())
                : new Target.Name(name));
      }
      isSeveral |= tokens.isOperator(",");
    } while (tokens.skipOperator(","));
    return isSeveral ? new Target.Several(targets) : targets.get(0);
  }
}
