package org.yukiguni.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Methods of Python's texts. */
final class StringMethods {
  private StringMethods() {}

  /** A method of a text, null if there is none of that name. */
  static Function get(String text, String name) {
    return switch (name) {
      case "strip" -> (a, b) -> strip(text, a, true, true);
      case "lstrip" -> (a, b) -> strip(text, a, true, false);
      case "rstrip" -> (a, b) -> strip(text, a, false, true);
      case "split" -> (a, b) -> split(text, a, b);
      case "rsplit" -> (a, b) -> rsplit(text, a, b);
      case "splitlines" -> (a, b) -> lines(text, b);
      case "startswith" -> (a, b) -> affix(a).stream().anyMatch(text::startsWith);
      case "endswith" -> (a, b) -> affix(a).stream().anyMatch(text::endsWith);
      case "removeprefix" ->
          (a, b) -> {
            String prefix = a.bind("prefix").text("prefix");
            return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
          };
      case "removesuffix" ->
          (a, b) -> {
            String suffix = a.bind("suffix").text("suffix");
            return text.endsWith(suffix)
                ? text.substring(0, text.length() - suffix.length())
                : text;
          };
      case "replace" -> (a, b) -> replace(text, a.bind("old", "new", "count"), b);
      case "upper" -> (a, b) -> b.made(text.toUpperCase(Locale.ROOT));
      case "lower", "casefold" -> (a, b) -> b.made(text.toLowerCase(Locale.ROOT));
      case "title" -> (a, b) -> b.made(title(text));
      case "capitalize" -> (a, b) -> b.made(capitalize(text));
      case "find" -> (a, b) -> position(text, a, false);
      case "rfind" -> (a, b) -> position(text, a, true);
      case "index" ->
          (a, b) -> {
            long at = position(text, a, false);
            if (at < 0) {
              throw new TemplateException("the text has no such part");
            }
            return at;
          };
      case "count" -> (a, b) -> count(text, a.bind("sub").text("sub"));
      case "join" -> (a, b) -> join(text, a.bind("parts").get("parts"), b);
      case "isdigit", "isdecimal", "isnumeric" -> (a, b) -> all(text, Character::isDigit);
      case "isalpha" -> (a, b) -> all(text, Character::isLetter);
      case "isalnum" -> (a, b) -> all(text, Character::isLetterOrDigit);
      case "isspace" -> (a, b) -> all(text, Values::isSpace);
      case "isupper" -> (a, b) -> isCased(text) && text.equals(text.toUpperCase(Locale.ROOT));
      case "islower" -> (a, b) -> isCased(text) && text.equals(text.toLowerCase(Locale.ROOT));
      default -> null;
    };
  }

  private static String strip(String text, Arguments arguments, boolean left, boolean right) {
    return strip(text, arguments.bind("chars").textOrNull("chars"), left, right);
  }

  /** Without white space, or without these characters, at its ends. */
  static String strip(String text, String chars, boolean left, boolean right) {
    IntPredicate goes = chars == null ? Values::isSpace : c -> chars.indexOf(c) >= 0;
    int[] points = text.codePoints().toArray();
    int start = 0;
    int end = points.length;
    while (left && start < end && goes.test(points[start])) {
      start++;
    }
    while (right && end > start && goes.test(points[end - 1])) {
      end--;
    }
    return new String(points, start, end - start);
  }

  private static List<Object> split(String text, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("sep", "maxsplit");
    String separator = bound.textOrNull("sep");
    int limit = bound.integer("maxsplit", -1);
    budget.spend(text.length());
    return separator == null ? words(text, limit) : split(text, separatorOf(separator), limit);
  }

  private static List<Object> split(String text, String separator, int limit) {
    List<Object> parts = new ArrayList<>();
    int start = 0;
    for (int at = text.indexOf(separator);
        at >= 0 && (limit < 0 || parts.size() < limit);
        at = text.indexOf(separator, start)) {
      parts.add(text.substring(start, at));
      start = at + separator.length();
    }
    parts.add(text.substring(start));
    return parts;
  }

  /** The parts between runs of white space. */
  private static List<Object> words(String text, int limit) {
    List<Object> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < text.length() && Values.isSpace(text.charAt(at))) {
        at++;
      }
      if (at == text.length()) {
        return words;
      }
      if (limit >= 0 && words.size() == limit) {
        words.add(text.substring(at));
        return words;
      }
      int start = at;
      while (at < text.length() && !Values.isSpace(text.charAt(at))) {
        at++;
      }
      words.add(text.substring(start, at));
    }
  }

  private static List<Object> rsplit(String text, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("sep", "maxsplit");
    String separator = separatorOf(bound.text("sep"));
    int limit = bound.integer("maxsplit", -1);
    budget.spend(text.length());
    List<Object> parts = new ArrayList<>();
    int end = text.length();
    for (int at = text.lastIndexOf(separator);
        at >= 0 && (limit < 0 || parts.size() < limit);
        at = text.lastIndexOf(separator, end - separator.length())) {
      parts.add(text.substring(at + separator.length(), end));
      end = at;
    }
    parts.add(text.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  private static String separatorOf(String separator) {
    if (separator.isEmpty()) {
      throw new TemplateException("a text cannot be split at an empty text");
    }
    return separator;
  }

  private static List<Object> lines(String text, Budget budget) {
    budget.spend(text.length());
    return new ArrayList<>(text.lines().toList());
  }

  private static List<String> affix(Arguments arguments) {
    Object affix = arguments.bind("affix").get("affix");
    List<?> all = affix instanceof List<?> list ? list : List.of(affix);
    List<String> texts = new ArrayList<>();
    for (Object one : all) {
      if (!(one instanceof String text)) {
        throw new TemplateException(arguments.of() + " needs a text, not " + Values.typeName(one));
      }
      texts.add(text);
    }
    return texts;
  }

  /** With {@code old} replaced by {@code new}, {@code count} times if that is given. */
  static String replace(String text, Arguments.Bound bound, Budget budget) {
    String from = bound.text("old");
    String to = bound.text("new");
    int limit = bound.integer("count", -1);
    StringBuilder result = new StringBuilder();
    int at = 0;
    int start = 0;
    for (int done = 0; limit < 0 || done < limit; done++) {
      int hit = text.indexOf(from, at);
      if (hit < 0) {
        break;
      }
      budget.spend(to.length() + 1L);
      result.append(text, start, hit).append(to);
      start = hit + from.length();
      // An empty text is found before every character and at the end.
      at = from.isEmpty() ? start + 1 : start;
      if (at > text.length()) {
        break;
      }
    }
    return budget.made(result.append(text.substring(start)).toString());
  }

  /** Each run of letters with a capital first, as {@code str.title}. */
  static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean isInWord = false;
    for (int c : text.codePoints().toArray()) {
      result.appendCodePoint(isInWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      isInWord = Character.isLetter(c);
    }
    return result.toString();
  }

  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return Character.toString(Character.toTitleCase(text.codePointAt(0)))
        + text.substring(first).toLowerCase(Locale.ROOT);
  }

  private static long position(String text, Arguments arguments, boolean last) {
    String part = arguments.bind("sub").text("sub");
    int at = last ? text.lastIndexOf(part) : text.indexOf(part);
    return at < 0 ? -1 : text.codePointCount(0, at);
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) {
      return Values.length(text) + 1;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static String join(String separator, Object parts, Budget budget) {
    List<String> texts = new ArrayList<>();
    for (Object part : Values.elements(parts, budget)) {
      if (!(part instanceof String text)) {
        throw new TemplateException("join() needs texts, not " + Values.typeName(part));
      }
      budget.spend(text.length() + separator.length());
      texts.add(text);
    }
    return String.join(separator, texts);
  }

  private static boolean all(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  private static boolean isCased(String text) {
    return text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
  }
}
