package org.yukiguni.engine;

import java.util.Locale;

/** Why a completion ended, under the names of the OpenAI API. */
public enum FinishReason {
  /** An end-of-sequence token or a stop string. */
  STOP,
  /** The limit of new tokens or the model's context. */
  LENGTH;

  /** The value of the output column: {@code stop} or {@code length}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
