package org.yukiguni.engine;

/**
 * What repeating costs a token: changes of its logit before anything else, the repetition penalty
 * first. {@code presencePenalty} and {@code frequencyPenalty} are no parameters of Hugging Face;
 * meaning and place in the order are those of vLLM ({@code apply_penalties} in {@code
 * model_executor/layers/utils.py}).
 *
 * @param repetitionPenalty positive logits of tokens seen in prompt or completion are divided by
 *     it, negative ones multiplied (<a href="https://arxiv.org/abs/1909.05858">CTRL</a>); 1 turns
 *     it off
 * @param repeatLastN the repetition penalty only looks at this many last tokens of prompt and
 *     completion together, as {@code repeat_last_n} of llama.cpp; 0 is all of them, as in Hugging
 *     Face, and -1 too, as in llama.cpp
 * @param presencePenalty taken once from the logit of every token of the completion; 0 turns it off
 * @param frequencyPenalty taken from the logit of a token as often as it is in the completion; 0
 *     turns it off
 */
public record Penalties(
    double repetitionPenalty, int repeatLastN, double presencePenalty, double frequencyPenalty) {

  /** Nothing penalised. */
  public static final Penalties NONE = new Penalties(1, 0, 0, 0);

  public Penalties {
    if (!(repetitionPenalty > 0) || !Double.isFinite(repetitionPenalty)) {
      throw new IllegalArgumentException(
          "repetition_penalty must be a number above 0, not " + repetitionPenalty);
    }
    if (repeatLastN < -1) {
      throw new IllegalArgumentException(
          "repeat_last_n must be a number of tokens, or 0 or -1 for all, not " + repeatLastN);
    }
    requirePenalty("presence_penalty", presencePenalty);
    requirePenalty("frequency_penalty", frequencyPenalty);
  }

  private static void requirePenalty(String name, double value) {
    if (!(value >= -2 && value <= 2)) {
      throw new IllegalArgumentException(name + " must be between -2 and 2, not " + value);
    }
  }

  /** Whether the tokens of prompt and completion change the logits. */
  boolean penalizesSeen() {
    return repetitionPenalty != 1;
  }

  /** Whether the tokens of the completion alone change the logits. */
  boolean penalizesGenerated() {
    return presencePenalty != 0 || frequencyPenalty != 0;
  }

  /** Tokens the repetition penalty looks at. */
  int window() {
    return repeatLastN > 0 ? repeatLastN : Integer.MAX_VALUE;
  }

  /** What is taken from the logit of a token that is in the completion this many times. */
  float lowering(int count) {
    return (float) (presencePenalty + frequencyPenalty * count);
  }
}
