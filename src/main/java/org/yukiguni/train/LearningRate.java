package org.yukiguni.train;

import org.yukiguni.job.TrainSpec;

/**
 * The learning rate of each step, as transformers' {@code get_scheduler} gives it: a straight rise
 * from 0 over the warm-up, so that the first step of one has 0, then the fall of the type.
 *
 * @param peak the largest
 * @param warmup steps of the rise
 * @param total steps of the training
 */
record LearningRate(double peak, TrainSpec.Scheduler type, int warmup, int total) {
  static LearningRate of(TrainSpec train, int total) {
    int warmup =
        train.warmupSteps() > 0
            ? train.warmupSteps()
            : (int) Math.ceil(total * train.warmupRatio());
    return new LearningRate(train.learningRate(), train.lrSchedulerType(), warmup, total);
  }

  /** The rate of a step, counted from 0. */
  double at(int step) {
    if (step < warmup) {
      return peak * step / warmup;
    }
    double progress = (double) (step - warmup) / Math.max(1, total - warmup);
    return switch (type) {
      case LINEAR -> peak * Math.max(0, 1 - progress);
      case COSINE -> peak * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
      case CONSTANT -> peak;
    };
  }
}
