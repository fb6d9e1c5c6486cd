package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yukiguni.jinja.Token.Kind;

/** Reads the tags of a template. */
final class StatementParser {
  private final Tokens tokens;
  private final ExpressionParser expressions;
  private int loops;

  private StatementParser(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Statement> parse(String source) {
    StatementParser parser = new StatementParser(new Tokens(Lexer.tokens(source)));
    List<Statement> statements = parser.body(Set.of());
    if (parser.tokens.peek().kind() != Kind.END) {
      throw parser.tokens.unexpected("the end of the template");
    }
    return statements;
  }

  /** The statements up to a tag of one of these names, whose start is read and name is not. */
  private List<Statement> body(Set<String> ends) {
    tokens.enter();
    List<Statement> statements = new ArrayList<>();
    while (tokens.peek().kind() != Kind.END) {
      Token token = tokens.next();
      if (token.kind() == Kind.TEXT) {
        statements.add(new Statement.Text(token.text()));
      } else if (token.kind() == Kind.VARIABLE_START) {
        statements.add(new Statement.Print(expressions.tuple()));
        tokens.expect(Kind.VARIABLE_END, "the end of the tag");
      } else if (tokens.peek().kind() == Kind.NAME && ends.contains(tokens.peek().text())) {
        tokens.leave();
        return statements;
      } else {
        statements.add(block());
      }
    }
    if (!ends.isEmpty()) {
      throw tokens.unexpected(String.join(" or ", ends.stream().sorted().toList()));
    }
    tokens.leave();
    return statements;
  }

  private List<Statement> bodyUntil(String end) {
    List<Statement> body = body(Set.of(end));
    tokens.expectName(end);
    endOfTag();
    return body;
  }

  private void endOfTag() {
    tokens.expect(Kind.BLOCK_END, "the end of the tag");
  }

  private Statement block() {
    String name = tokens.expectName();
    return switch (name) {
      case "if" -> ifBlock();
      case "for" -> forBlock();
      case "set" -> set();
      case "macro" -> macro();
      case "call" -> callBlock();
      case "filter" -> {
        List<Expression.Filter> filters = new ArrayList<>(List.of(expressions.filter(null)));
        filters.addAll(filters());
        endOfTag();
        yield new Statement.FilterBlock(filters, bodyUntil("endfilter"));
      }
      case "with" -> with();
      // transformers' mark of what an assistant wrote; it changes no text.
      case "generation" -> {
        endOfTag();
        yield new Statement.With(List.of(), bodyUntil("endgeneration"));
      }
      case "break" -> jump(Statement.Flow.BREAK);
      case "continue" -> jump(Statement.Flow.CONTINUE);
      default -> throw tokens.wrong("there is no tag " + name);
    };
  }

  private Statement jump(Statement.Flow flow) {
    if (loops == 0) {
      throw tokens.wrong("break and continue belong into a for loop");
    }
    endOfTag();
    return new Statement.Jump(flow);
  }

  private Statement ifBlock() {
    List<Statement.Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    Set<String> ends = Set.of("elif", "else", "endif");
    do {
      Expression condition = expressions.tuple();
      endOfTag();
      branches.add(new Statement.Branch(condition, body(ends)));
    } while (tokens.skipName("elif"));
    if (tokens.skipName("else")) {
      endOfTag();
      otherwise = body(Set.of("endif"));
    }
    tokens.expectName("endif");
    endOfTag();
    return new Statement.If(branches, otherwise);
  }

  private Statement forBlock() {
    Target target = expressions.target();
    tokens.expectName("in");
    Expression elements = elements();
    Expression condition = tokens.skipName("if") ? expressions.expression() : null;
    boolean isRecursive = tokens.skipName("recursive");
    endOfTag();
    loops++;
    List<Statement> body = body(Set.of("else", "endfor"));
    loops--;
    List<Statement> otherwise = List.of();
    if (tokens.skipName("else")) {
      endOfTag();
      otherwise = body(Set.of("endfor"));
    }
    tokens.expectName("endfor");
    endOfTag();
    return new Statement.For(target, elements, condition, body, otherwise, isRecursive);
  }

  private Expression elements() {
    Expression first = expressions.or();
    if (!tokens.isOperator(",")) {
      return first;
    }
    List<Expression> all = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",")) {
      all.add(expressions.or());
    }
    return new Expression.ListOf(all);
  }

  private Statement set() {
    Target target = expressions.target();
    if (tokens.skipOperator("=")) {
      Expression value = expressions.tuple();
      endOfTag();
      return new Statement.Set(target, value);
    }
    List<Expression.Filter> filters = filters();
    endOfTag();
    return new Statement.SetBlock(target, filters, bodyUntil("endset"));
  }

  private List<Expression.Filter> filters() {
    List<Expression.Filter> filters = new ArrayList<>();
    while (tokens.skipOperator("|")) {
      filters.add(expressions.filter(null));
    }
    return filters;
  }

  private Statement with() {
    List<Statement.Set> names = new ArrayList<>();
    while (tokens.peek().kind() != Kind.BLOCK_END) {
      Target target = new Target.Name(tokens.expectName());
      tokens.expectOperator("=");
      names.add(new Statement.Set(target, expressions.expression()));
      if (tokens.peek().kind() != Kind.BLOCK_END) {
        tokens.expectOperator(",");
      }
    }
    endOfTag();
    return new Statement.With(names, bodyUntil("endwith"));
  }

  private Statement macro() {
    String name = tokens.expectName();
    Macro.Signature signature = signature();
    endOfTag();
    return new Statement.MacroDefinition(name, signature, outsideOfLoops("endmacro"));
  }

  private Statement callBlock() {
    Macro.Signature signature =
        tokens.isOperator("(") ? signature() : new Macro.Signature(List.of(), Map.of());
    if (!(expressions.expression() instanceof Expression.Call call)) {
      throw tokens.unexpected("a call");
    }
    endOfTag();
    return new Statement.CallBlock(signature, call, outsideOfLoops("endcall"));
  }

  /** A body that runs on its own, so that it cannot break a loop around it. */
  private List<Statement> outsideOfLoops(String end) {
    int around = loops;
    loops = 0;
    List<Statement> body = bodyUntil(end);
    loops = around;
    return body;
  }

  private Macro.Signature signature() {
    List<String> parameters = new ArrayList<>();
    Map<String, Expression> defaults = new HashMap<>();
    tokens.expectOperator("(");
    while (!tokens.skipOperator(")")) {
      String parameter = tokens.expectName();
      parameters.add(parameter);
      if (tokens.skipOperator("=")) {
        defaults.put(parameter, expressions.expression());
      }
      if (!tokens.isOperator(")")) {
        tokens.expectOperator(",");
      }
    }
    return new Macro.Signature(parameters, defaults);
  }
}
