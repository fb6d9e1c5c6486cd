package org.yukiguni.engine;

import java.util.Optional;

/** Watches one completion as it grows and says when its text is complete. */
public interface StopCondition {
  /**
   * Takes the next token of the completion.
   *
   * @return the stop string that this token completed, or empty to go on
   */
  Optional<String> accept(int token);
}
