package org.yukiguni.job;

import java.io.Serializable;

/**
 * A number of things that the job states or leaves to the program.
 *
 * @param value at least 1, or 0 for {@code auto}
 */
public record AutoCount(int value) implements Serializable {
  /** Left to the program. */
  public static final AutoCount AUTO = new AutoCount(0);

  /** Whether the program chooses. */
  public boolean isAuto() {
    return value == 0;
  }

  /** The stated number, or the program's choice. */
  public int orElse(int choice) {
    return isAuto() ? choice : value;
  }

  /** As in the YAML. */
  @Override
  public String toString() {
    return isAuto() ? "auto" : Integer.toString(value);
  }
}
