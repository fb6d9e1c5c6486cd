package org.yukiguni.checkpoint;

import java.util.List;

/**
 * Rotary position embedding of a model.
 *
 * @param dim channels of a head that are rotated; 0 with learned positions
 * @param theta base of the rotation frequencies
 * @param scaling {@code default}, {@code linear} or {@code llama3}, Hugging Face's names of what is
 *     done to the frequencies
 * @param numbers of the scaling: none, (factor), or (factor, low frequency factor, high frequency
 *     factor, original context length)
 */
public record Rotary(int dim, double theta, String scaling, List<Double> numbers) {
  static final Rotary NONE = new Rotary(0, 1, "default", List.of());

  public Rotary {
    numbers = List.copyOf(numbers);
  }
}
