package org.yukiguni.jinja;

import java.util.Iterator;
import java.util.List;

/** Python's {@code %} formatting, as far as templates use it: %s, %d and %%. */
final class Formats {
  private Formats() {}

  static String percent(String format, List<?> values, Budget budget) {
    StringBuilder text = new StringBuilder();
    Iterator<?> left = values.iterator();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%') {
        text.append(c);
        continue;
      }
      char kind = at < format.length() ? format.charAt(at++) : ' ';
      if (kind == '%') {
        text.append('%');
      } else if ((kind == 's' || kind == 'd') && left.hasNext()) {
        text.append(Texts.str(left.next(), budget));
      } else {
        throw new TemplateException("the format '" + format + "' has more than %s, %d and %%");
      }
    }
    return budget.made(text.toString());
  }
}
