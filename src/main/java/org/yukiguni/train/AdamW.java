package org.yukiguni.train;

/**
 * AdamW (<a href="https://arxiv.org/abs/1711.05101">paper</a>) with torch's order of operations:
 * the weights decay by lr x weightDecay, then move by lr m / (sqrt(v) + epsilon), both moments
 * corrected for their start at zero.
 */
final class AdamW {
  /**
   * Its constants.
   *
   * @param epsilon added to the root of the second moment
   * @param weightDecay 0 is off
   */
  record Constants(double beta1, double beta2, double epsilon, double weightDecay) {}

  private final Constants constants;
  private final OptimizerState state;

  AdamW(Constants constants, OptimizerState state) {
    this.constants = constants;
    this.state = state;
  }

  /**
   * Changes the parameters and the moments of the state in place.
   *
   * @param gradient as long as the state's parameters
   */
  void step(float[] gradient, double learningRate) {
    state.countStep();
    double correction1 = 1 - Math.pow(constants.beta1, state.steps());
    double root2 = Math.sqrt(1 - Math.pow(constants.beta2, state.steps()));
    double stepSize = learningRate / correction1;
    float decay = (float) (1 - learningRate * constants.weightDecay);
    float[] p = state.parameters();
    float[] m = state.firstMoments();
    float[] v = state.secondMoments();
    for (int i = 0; i < p.length; i++) {
      double g = gradient[i];
      m[i] = (float) (m[i] + (g - m[i]) * (1 - constants.beta1));
      v[i] = (float) (v[i] * constants.beta2 + g * g * (1 - constants.beta2));
      double denominator = Math.sqrt(v[i]) / root2 + constants.epsilon;
      p[i] = (float) (p[i] * decay - stepSize * m[i] / denominator);
    }
  }

  /**
   * Scales a gradient down to a norm, in place, as torch's {@code clip_grad_norm_} does.
   *
   * @param most 0 is off
   * @return the norm before
   */
  static double clip(float[] gradient, double most) {
    double squares = 0;
    for (float g : gradient) {
      squares += (double) g * g;
    }
    double norm = Math.sqrt(squares);
    double factor = most / (norm + 1e-6);
    if (most > 0 && factor < 1) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = (float) (gradient[i] * factor);
      }
    }
    return norm;
  }
}
