package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yukiguni.jinja.Token.Kind;

/**
 * Cuts a template into tokens as {@code jinja2.lexer} does with {@code trim_blocks} and {@code
 * lstrip_blocks}: a tag's line break behind it and the blanks of its line before it are dropped,
 * {@code -} drops all white space on its side, {@code +} none.
 */
final class Lexer {
  private static final Pattern NEWLINE = Pattern.compile("\r\n|\r");
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%\\}");
  private static final Pattern END_RAW =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)");
  private static final Pattern VARIABLE_END = Pattern.compile("-\\}\\}\\s*|\\}\\}");
  private static final Pattern BLOCK_END = Pattern.compile("\\+%\\}|-%\\}\\s*|%\\}\\n?");
  private static final Pattern COMMENT_END = Pattern.compile("\\+#\\}|-#\\}\\s*|#\\}\\n?");
  private static final Pattern INSIDE =
      Pattern.compile(
          "(?<space>\\s+)"
              + "|(?<float>(?<!\\.)(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?\\d+|\\.(?:\\d+_)*\\d+))"
              + "|(?<integer>0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|(?:\\d+_)*\\d+)"
              + "|(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
              + "|(?<operator>//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,])");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int counted;
  private int lines = 1;

  /** Whether the text that follows begins a line. */
  private boolean lineStarting = true;

  private Lexer(String source) {
    String text = NEWLINE.matcher(source).replaceAll("\n");
    this.source = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int open = nextTag();
      if (open < 0) {
        text(source.substring(at));
        break;
      }
      char kind = source.charAt(open + 1);
      text(before(open, kind));
      at = open;
      if (kind == '#') {
        comment();
      } else if (kind == '%') {
        block();
      } else {
        tag(Kind.VARIABLE_START, Kind.VARIABLE_END, VARIABLE_END);
      }
      lineStarting = source.charAt(at - 1) == '\n';
    }
    tokens.add(new Token(Kind.END, "", line(source.length())));
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      char next = i + 1 < source.length() ? source.charAt(i + 1) : ' ';
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  /** The text before a tag, as far as the tag leaves it. */
  private String before(int open, char kind) {
    String text = source.substring(at, open);
    char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
    if (sign == '-') {
      return Values.stripTrailing(text);
    }
    int line = text.lastIndexOf('\n') + 1;
    boolean mayStrip = kind != '{' && sign != '+' && (line > 0 || lineStarting);
    return mayStrip && Values.stripTrailing(text.substring(line)).isEmpty()
        ? text.substring(0, line)
        : text;
  }

  private void comment() {
    Matcher end = COMMENT_END.matcher(source);
    if (!end.find(at + 2)) {
      throw wrong("the comment is not closed");
    }
    at = end.end();
  }

  private void block() {
    Matcher raw = RAW.matcher(source).region(at, source.length());
    if (!raw.lookingAt()) {
      tag(Kind.BLOCK_START, Kind.BLOCK_END, BLOCK_END);
      return;
    }
    Matcher end = END_RAW.matcher(source);
    if (!end.find(raw.end())) {
      throw wrong("raw is not closed by endraw");
    }
    String text = source.substring(raw.end(), end.start());
    text = raw.group(1).isEmpty() ? text : text.stripLeading();
    int line = text.lastIndexOf('\n') + 1;
    if (end.group(1).equals("-")) {
      text = Values.stripTrailing(text);
    } else if (end.group(1).isEmpty() && line > 0 && text.substring(line).isBlank()) {
      text = text.substring(0, line);
    }
    text(text);
    at = end.end();
  }

  private void tag(Kind start, Kind end, Pattern endPattern) {
    tokens.add(new Token(start, source.substring(at, at + 2), line(at)));
    at += 2;
    if (at < source.length() && (source.charAt(at) == '-' || source.charAt(at) == '+')) {
      at++;
    }
    int depth = 0;
    Matcher close = endPattern.matcher(source);
    Matcher inside = INSIDE.matcher(source);
    while (true) {
      if (depth == 0 && close.region(at, source.length()).lookingAt()) {
        tokens.add(new Token(end, close.group().strip(), line(at)));
        at = close.end();
        return;
      }
      if (at < source.length() && "'\"".indexOf(source.charAt(at)) >= 0) {
        string();
      } else if (inside.region(at, source.length()).lookingAt()) {
        depth += inside(inside);
        at = inside.end();
      } else {
        throw wrong(
            at < source.length()
                ? "unexpected '" + source.charAt(at) + "'"
                : "the tag is not closed");
      }
    }
  }

  /** Adds a token; returns by how much it changes the depth of brackets. */
  private int inside(Matcher match) {
    String text = match.group();
    if (match.group("space") != null) {
      return 0;
    }
    if (match.group("operator") != null) {
      add(Kind.OPERATOR, text);
      return "([{".contains(text) ? 1 : ")]}".contains(text) ? -1 : 0;
    }
    if (match.group("name") != null) {
      add(Kind.NAME, text);
    } else {
      add(match.group("float") != null ? Kind.FLOAT : Kind.INTEGER, text.replace("_", ""));
    }
    return 0;
  }

  /** By hand, since a regular expression would use the stack for each escape. */
  private void string() {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != source.charAt(at)) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw wrong("the text that begins here is not closed");
    }
    add(Kind.STRING, Escapes.unescape(source.substring(at + 1, end)));
    at = end + 1;
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line(at)));
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      tokens.add(new Token(Kind.TEXT, text, line(at)));
    }
  }

  /** The line of a place that is not before the last one asked for. */
  private int line(int offset) {
    for (; counted < offset; counted++) {
      lines += source.charAt(counted) == '\n' ? 1 : 0;
    }
    return lines;
  }

  private TemplateException wrong(String reason) {
    return new TemplateException("line " + line(at) + ": " + reason);
  }
}
