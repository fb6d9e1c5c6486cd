package org.yukiguni.job;

import java.util.List;

/**
 * The job, its input or its model is wrong, and nothing was generated. The message has one line per
 * problem; each names the key and says what to do.
 */
public final class InvalidJobException extends RuntimeException {
  private final List<String> problems;

  public InvalidJobException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** With a single problem. */
  public InvalidJobException(String problem) {
    this(List.of(problem));
  }

  /** One line per problem, at least one. */
  public List<String> problems() {
    return problems;
  }
}
