package org.yukiguni.engine;

import java.util.Locale;

/** When a beam search ends although some of its beams could go on: HF's {@code early_stopping}. */
public enum EarlyStopping {
  /**
   * As soon as the best beam, scored at its present length, is no better than the worst of {@code
   * num_beams} finished ones.
   */
  FALSE,
  /** As soon as {@code num_beams} have finished. */
  TRUE,
  /**
   * As {@link #FALSE}, but with a positive length penalty the best beam is scored at the greatest
   * length it could reach, so that no better completion is missed.
   */
  NEVER;

  /** The value of the key, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
