package org.yukiguni.engine;

/**
 * How the next token is drawn from the logits: the warpers of Hugging Face's {@code
 * GenerationConfig}, under its names and in its order, which is that of the components ({@code
 * generation/logits_process.py} of transformers). Each works on what the one before has left.
 *
 * @param doSample draw from the distribution; {@code false} takes the most probable token and
 *     nothing below has an effect
 * @param temperature divides the logits; 1 turns it off
 * @param topK keep the k most probable tokens, ties with the k-th included; 0 turns it off
 * @param topP keep the smallest set of most probable tokens whose mass reaches p; 1 turns it off
 * @param minP drop tokens less probable than this times the most probable one; 0 turns it off
 * @param typicalP keep the tokens whose information -log q is nearest to the entropy until their
 *     mass reaches p (<a href="https://arxiv.org/abs/2202.00666">locally typical sampling</a>); 1
 *     turns it off
 * @param epsilonCutoff drop tokens of probability below this, never the most probable one (<a
 *     href="https://arxiv.org/abs/2210.15191">truncation sampling</a>); 0 turns it off, 1 too
 * @param etaCutoff drop tokens of probability below min(eta, sqrt(eta) exp(-entropy)), never the
 *     most probable one (same source); 0 turns it off, 1 too
 */
public record Sampling(
    boolean doSample,
    double temperature,
    int topK,
    double topP,
    double minP,
    double typicalP,
    double epsilonCutoff,
    double etaCutoff) {

  /** Always the most probable token. */
  public static final Sampling GREEDY = new Sampling(false, 1, 0, 1, 0, 1, 0, 0);

  /** Drawn from the model's own distribution. */
  public static final Sampling PLAIN = new Sampling(true, 1, 0, 1, 0, 1, 0, 0);

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
    requireShare("top_p", topP);
    requireShare("min_p", minP);
    requireShare("typical_p", typicalP);
    if (typicalP == 0) {
      throw new IllegalArgumentException("typical_p must be above 0; 1 turns it off");
    }
    requireShare("epsilon_cutoff", epsilonCutoff);
    requireShare("eta_cutoff", etaCutoff);
    // As in Hugging Face, a cutoff of 1 is no cutoff.
    epsilonCutoff = epsilonCutoff == 1 ? 0 : epsilonCutoff;
    etaCutoff = etaCutoff == 1 ? 0 : etaCutoff;
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1, not " + value);
    }
  }

  /** Whether one of the last three warpers is on. */
  public boolean cutsByInformation() {
    return typicalP < 1 || epsilonCutoff > 0 || etaCutoff > 0;
  }
}
