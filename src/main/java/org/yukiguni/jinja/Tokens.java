package org.yukiguni.jinja;

import java.util.List;
import org.yukiguni.jinja.Token.Kind;

/** The tokens of a template and how far they are read. */
final class Tokens {
  /** Deeper nesting than any person writes; keeps the parser's recursion off the stack's end. */
  private static final int MAX_DEPTH = 100;

  private final List<Token> tokens;
  private int at;
  private int depth;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean isOperator(String operator) {
    return peek().is(Kind.OPERATOR, operator);
  }

  boolean isName(String name) {
    return peek().is(Kind.NAME, name);
  }

  /** Whether the name stands one token ahead. */
  boolean isNameNext(String name) {
    return tokens.get(Math.min(at + 1, tokens.size() - 1)).is(Kind.NAME, name);
  }

  boolean skipOperator(String operator) {
    return skipIf(isOperator(operator));
  }

  boolean skipName(String name) {
    return skipIf(isName(name));
  }

  private boolean skipIf(boolean isThere) {
    if (isThere) {
      next();
    }
    return isThere;
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  String expectName() {
    return expect(Kind.NAME, "a name").text();
  }

  Token expect(Kind kind, String what) {
    if (peek().kind() != kind) {
      throw unexpected(what);
    }
    return next();
  }

  void enter() {
    depth++;
    if (depth > MAX_DEPTH) {
      throw wrong("nested more than " + MAX_DEPTH + " deep");
    }
  }

  void leave() {
    depth--;
  }

  TemplateException unexpected(String expected) {
    return wrong("found " + peek().described() + " instead of " + expected);
  }

  TemplateException wrong(String reason) {
    return new TemplateException("line " + peek().line() + ": " + reason);
  }
}
