package org.yukiguni.engine;

/**
 * How the next token is drawn from the logits: the sampling part of Hugging Face's {@code
 * GenerationConfig}, under its names and with its order (repetition penalty, then, if sampling,
 * temperature, top-k, top-p, min-p).
 *
 * @param doSample draw from the distribution; {@code false} takes the most probable token and the
 *     four warpers below have no effect
 * @param temperature divides the logits; 1 turns it off
 * @param topK keep the k most probable tokens, ties with the k-th included; 0 turns it off
 * @param topP keep the smallest set of most probable tokens whose mass reaches p; 1 turns it off
 * @param minP drop tokens less probable than this times the most probable one; 0 turns it off
 * @param repetitionPenalty positive logits of tokens seen in prompt or completion are divided by
 *     it, negative ones multiplied (<a href="https://arxiv.org/abs/1909.05858">CTRL</a>); 1 turns
 *     it off
 */
public record Sampling(
    boolean doSample,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty) {

  /** Always the most probable token, nothing penalised. */
  public static final Sampling GREEDY = new Sampling(false, 1, 0, 1, 0, 1);

  public Sampling {
    if (!(temperature > 0) || !Double.isFinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature must be a number above 0, not "
              + temperature
              + "; for greedy decoding set do_sample: false");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top_k must be 0 (off) or more, not " + topK);
    }
    if (!(topP >= 0 && topP <= 1)) {
      throw new IllegalArgumentException("top_p must be between 0 and 1, not " + topP);
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw new IllegalArgumentException("min_p must be between 0 and 1, not " + minP);
    }
    if (!(repetitionPenalty > 0) || !Double.isFinite(repetitionPenalty)) {
      throw new IllegalArgumentException(
          "repetition_penalty must be a number above 0, not " + repetitionPenalty);
    }
  }

  /** Whether the tokens seen so far change the logits. */
  public boolean penalizesSeen() {
    return repetitionPenalty != 1;
  }
}
