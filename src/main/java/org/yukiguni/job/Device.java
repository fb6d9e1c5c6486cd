package org.yukiguni.job;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a model runs.
 *
 * @param kind of processor
 * @param index of the CUDA device; -1 for whichever the task is given
 */
public record Device(Kind kind, int index) implements Serializable {
  /** A GPU if the task has one, else the CPU. */
  public static final Device AUTO = new Device(Kind.AUTO, -1);

  static final String FORMS = "auto, cpu, cuda or cuda:N";

  private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

  /** What runs the model. */
  public enum Kind {
    /** Whatever is there. */
    AUTO,
    /** The executor's cores. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
  }

  /**
   * Reads one of {@value #FORMS}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Device parse(String text) {
    Matcher cuda = CUDA.matcher(text);
    if (cuda.matches()) {
      return new Device(Kind.CUDA, Integer.parseInt(cuda.group(1)));
    }
    return switch (text) {
      case "auto" -> AUTO;
      case "cpu" -> new Device(Kind.CPU, -1);
      case "cuda" -> new Device(Kind.CUDA, -1);
      default -> throw new IllegalArgumentException("'" + text + "' is none of " + FORMS);
    };
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    return switch (kind) {
      case AUTO -> "auto";
      case CPU -> "cpu";
      case CUDA -> index < 0 ? "cuda" : "cuda:" + index;
    };
  }
}
