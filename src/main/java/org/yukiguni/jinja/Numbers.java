package org.yukiguni.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Python's arithmetic on integers of 64 bits and floats; more bits are refused. */
final class Numbers {
  private Numbers() {}

  static int compare(Object a, Object b) {
    if (isFloat(a) || isFloat(b)) {
      return Double.compare(toDouble(a) + 0.0, toDouble(b) + 0.0);
    }
    return toBig(a).compareTo(toBig(b));
  }

  private static BigInteger toBig(Object value) {
    return value instanceof BigInteger big ? big : BigInteger.valueOf(toLong(value));
  }

  static boolean isFloat(Object value) {
    return value instanceof Double;
  }

  static double toDouble(Object value) {
    return value instanceof Boolean bool ? (bool ? 1 : 0) : ((Number) value).doubleValue();
  }

  static long toLong(Object value) {
    return value instanceof Boolean bool ? (bool ? 1 : 0) : ((Number) value).longValue();
  }

  static Object apply(String operator, Object a, Object b) {
    try {
      return isFloat(a) || isFloat(b) || operator.equals("/")
          ? (Object) floats(operator, toDouble(a), toDouble(b))
          : (Object) integers(operator, toLong(a), toLong(b));
    } catch (ArithmeticException e) {
      throw new TemplateException(
          "the " + operator + " of " + a + " and " + b + " has no value: " + e.getMessage());
    }
  }

  private static long integers(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      case "**" -> power(a, b);
      default -> throw new TemplateException("no operator " + operator);
    };
  }

  private static long power(long base, long exponent) {
    if (exponent < 0 || (exponent > 63 && Math.abs(base) > 1)) {
      throw new ArithmeticException("out of range");
    }
    return BigInteger.valueOf(base)
        .pow((int) (Math.abs(base) > 1 ? exponent : exponent & 1))
        .longValueExact();
  }

  private static double floats(String operator, double a, double b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new ArithmeticException("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      case "**" -> Math.pow(a, b);
      default -> throw new TemplateException("no operator " + operator);
    };
  }

  static Object negate(Object value) {
    if (isFloat(value)) {
      return -toDouble(value);
    }
    return Math.negateExact(toLong(value));
  }

  /** A float as Python writes it. */
  static String text(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(value);
    if (value == 0 || (size >= 1e-4 && size < 1e16)) {
      String plain = new BigDecimal(Double.toString(value)).toPlainString();
      String signed = value == 0 && 1 / value < 0 ? "-0.0" : plain;
      return signed.contains(".") ? signed : signed + ".0";
    }
    String[] parts = Double.toString(value).split("E", -1);
    int exponent = Integer.parseInt(parts[1]);
    String mantissa = parts[0].endsWith(".0") ? parts[0].replace(".0", "") : parts[0];
    return mantissa + (exponent < 0 ? "e-" : "e+") + "%02d".formatted(Math.abs(exponent));
  }
}
