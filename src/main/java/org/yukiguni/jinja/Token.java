package org.yukiguni.jinja;

/**
 * A piece of a template.
 *
 * @param text of a text, name, number, operator or (unescaped) string
 * @param line from 1
 */
record Token(Kind kind, String text, int line) {
  /** What a token is. */
  enum Kind {
    TEXT,
    VARIABLE_START,
    VARIABLE_END,
    BLOCK_START,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind other, String value) {
    return kind == other && text.equals(value);
  }

  /** The token in a message. */
  String described() {
    return switch (kind) {
      case END -> "the end of the template";
      case VARIABLE_END, BLOCK_END -> "the end of the tag";
      case TEXT, VARIABLE_START, BLOCK_START, NAME, STRING, INTEGER, FLOAT, OPERATOR ->
          "'" + text + "'";
    };
  }
}
