package org.yukiguni.jinja;

/** The escapes of Python's string literals. */
final class Escapes {
  private Escapes() {}

  /** The text that a literal's inside stands for; a backslash before another letter stays. */
  static String unescape(String literal) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < literal.length()) {
      char c = literal.charAt(at++);
      if (c != '\\' || at == literal.length()) {
        text.append(c);
        continue;
      }
      char kind = literal.charAt(at++);
      int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      if (digits > 0) {
        text.appendCodePoint(hex(literal, at, digits));
        at += digits;
      } else if (kind >= '0' && kind <= '7') {
        int start = at - 1;
        int end = at;
        while (end < literal.length() && end < start + 3 && isOctal(literal.charAt(end))) {
          end++;
        }
        text.appendCodePoint(Integer.parseInt(literal.substring(start, end), 8));
        at = end;
      } else {
        text.append(simple(kind));
      }
    }
    return text.toString();
  }

  private static String simple(char kind) {
    return switch (kind) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case 'b' -> "\b";
      case 'f' -> "\f";
      case 'v' -> "\u000b";
      case 'a' -> "\u0007";
      case '\n' -> "";
      case '\\', '\'', '"' -> String.valueOf(kind);
      default -> "\\" + kind;
    };
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }

  private static int hex(String literal, int from, int digits) {
    try {
      int code = Integer.parseUnsignedInt(literal.substring(from, from + digits), 16);
      if (Character.isValidCodePoint(code)) {
        return code;
      }
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      // Told below.
    }
    throw new TemplateException("the text '" + literal + "' has a broken \\x, \\u or \\U");
  }
}
