package org.yukiguni.job;

import java.math.BigDecimal;

/** The numbers that a key takes. */
record Range(Key rule, Kind kind, BigDecimal least, BigDecimal most) {
  /** The type of the number. */
  enum Kind {
    WHOLE("a whole number"),
    REAL("a number");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  static Range ofInt(Key rule) {
    return of(rule, Kind.WHOLE, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static Range ofLong(Key rule) {
    return of(rule, Kind.WHOLE, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  static Range ofDouble(Key rule) {
    return new Range(
        rule, Kind.REAL, new BigDecimal(-Double.MAX_VALUE), new BigDecimal(Double.MAX_VALUE));
  }

  private static Range of(Key rule, Kind kind, long least, long most) {
    return new Range(rule, kind, BigDecimal.valueOf(least), BigDecimal.valueOf(most));
  }

  boolean contains(BigDecimal number) {
    return number.compareTo(least) >= 0
        && number.compareTo(most) <= 0
        // A number that a double cannot tell from the bound is the bound.
        && number.doubleValue() >= rule.min()
        && number.doubleValue() > rule.above()
        && number.doubleValue() <= rule.max();
  }

  /** What to give, in words. */
  String expected() {
    boolean hasMost = rule.max() != Double.POSITIVE_INFINITY;
    if (rule.above() != Double.NEGATIVE_INFINITY) {
      return kind.label
          + " above "
          + plain(rule.above())
          + (hasMost ? " and at most " + plain(rule.max()) : "");
    }
    if (rule.min() == Double.NEGATIVE_INFINITY) {
      return kind.label;
    }
    return hasMost
        ? kind.label + " from " + plain(rule.min()) + " to " + plain(rule.max())
        : kind.label + " of " + plain(rule.min()) + " or more";
  }

  /** What to do about a number that is not in the range. */
  String advice(BigDecimal number) {
    boolean tooLong = number.compareTo(least) < 0 || number.compareTo(most) > 0;
    String advice =
        tooLong && kind == Kind.WHOLE
            ? kind.label + " from " + lowest() + " to " + most
            : expected();
    return "give " + advice + (rule.hint().isEmpty() ? "" : "; " + rule.hint());
  }

  private String lowest() {
    return rule.min() == Double.NEGATIVE_INFINITY ? least.toString() : plain(rule.min());
  }

  private static String plain(double bound) {
    return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
  }
}
