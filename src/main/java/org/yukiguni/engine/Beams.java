package org.yukiguni.engine;

import java.util.Objects;

/**
 * How many continuations are followed at once and how finished ones compare: the beam search part
 * of Hugging Face's {@code GenerationConfig}, under its names.
 *
 * @param numBeams beams of the search; 1 turns it off and the others have no effect
 * @param lengthPenalty a finished beam's score is the sum of its log-probabilities, after penalties
 *     and bans, divided by its number of new tokens to this power; 0 turns it off, a higher one
 *     favours longer completions
 * @param earlyStopping when the search ends
 */
public record Beams(int numBeams, double lengthPenalty, EarlyStopping earlyStopping) {

  /** No search. */
  public static final Beams NONE = new Beams(1, 1, EarlyStopping.FALSE);

  public Beams {
    Objects.requireNonNull(earlyStopping, "earlyStopping");
    if (numBeams < 1) {
      throw new IllegalArgumentException("num_beams must be 1 or more, not " + numBeams);
    }
    if (!Double.isFinite(lengthPenalty)) {
      throw new IllegalArgumentException("length_penalty must be a number, not " + lengthPenalty);
    }
  }

  /** Whether there is a search at all. */
  public boolean isSearch() {
    return numBeams > 1;
  }
}
