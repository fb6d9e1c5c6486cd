package org.yukiguni.run;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** What an exception says to a person. */
public final class Causes {
  private Causes() {}

  /**
   * The innermost message of a chain of causes, on one line. Spark puts the stack trace of a task
   * into the message of its outer exceptions; the innermost one is what our own code said.
   */
  public static String sentence(Throwable thrown) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable inner = thrown;
    while (inner.getCause() != null && seen.add(inner)) {
      inner = inner.getCause();
    }
    String message = inner.getMessage();
    String text = message == null || message.isBlank() ? inner.getClass().getSimpleName() : message;
    return text.lines().findFirst().orElse(text).strip();
  }
}
