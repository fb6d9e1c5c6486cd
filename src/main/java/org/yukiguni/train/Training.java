package org.yukiguni.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.yukiguni.engine.CounterRandom;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.TrainSpec;
import org.yukiguni.model.Gradients;
import org.yukiguni.model.TrainingRow;
import org.yukiguni.report.TrainingLog;
import org.yukiguni.spark.MicroBatch;

/** The steps of a training. The loss is the mean over all targets of a step's rows. */
final class Training {
  private static final int NAMED = 10;

  private final TrainSpec train;
  private final Examples examples;
  private final ClusterGradients cluster;
  private final OptimizerState state;
  private final RowOrder order;
  private final LearningRate rate;
  private final AdamW optimizer;
  private final int total;

  Training(TrainSpec train, Examples examples, ClusterGradients cluster, OptimizerState state) {
    this.train = train;
    this.examples = examples;
    this.cluster = cluster;
    this.state = state;
    int perStep = train.perDeviceTrainBatchSize() * train.gradientAccumulationSteps();
    this.order = new RowOrder(train.seed(), examples.learnt().size(), perStep);
    this.total =
        train.maxSteps() > 0
            ? train.maxSteps()
            : (int) Math.ceil(order.stepsPerEpoch() * train.numTrainEpochs());
    this.rate = LearningRate.of(train, total);
    this.optimizer =
        new AdamW(
            new AdamW.Constants(
                train.adamBeta1(), train.adamBeta2(), train.adamEpsilon(), train.weightDecay()),
            state);
  }

  /** Steps of the whole training. */
  int total() {
    return total;
  }

  /** Makes the next step. */
  TrainingLog.Step step() {
    long start = System.nanoTime();
    int step = state.steps();
    List<TrainingRow> rows =
        Arrays.stream(order.step(step)).mapToObj(examples.learnt()::get).toList();
    double targets = rows.stream().mapToInt(TrainingRow::targets).sum();
    List<Gradients> all = cluster.of(state.parameters(), batches(rows, 1 / targets, step));
    double loss = sumOfLosses(all, rows, "step " + (step + 1)) / targets;
    float[] gradient = cluster.sum(all);
    double norm = AdamW.clip(gradient, train.maxGradNorm());
    optimizer.step(gradient, rate.at(step));
    boolean measures = !examples.held().isEmpty() && isDue(train.evalSteps());
    return new TrainingLog.Step(
        step + 1,
        (step + 1.0) / order.stepsPerEpoch(),
        rate.at(step),
        loss,
        norm,
        rows.stream().mapToLong(row -> row.tokens().length).sum(),
        (System.nanoTime() - start) / 1e9,
        measures ? evaluate() : null);
  }

  /** Whether something is to be done after the last step that was made. */
  boolean isDue(int every) {
    return state.steps() % every == 0 || state.steps() == total;
  }

  private double evaluate() {
    double targets = examples.held().stream().mapToInt(TrainingRow::targets).sum();
    List<Gradients> all =
        cluster.of(state.parameters(), batches(examples.held(), 0, state.steps()));
    return sumOfLosses(all, examples.held(), "the evaluation after step " + state.steps())
        / targets;
  }

  private List<MicroBatch> batches(List<TrainingRow> rows, double scale, int step) {
    int size = train.perDeviceTrainBatchSize();
    List<MicroBatch> batches = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      List<TrainingRow> some = rows.subList(from, Math.min(rows.size(), from + size));
      long[] keys =
          some.stream().mapToLong(row -> CounterRandom.key(train.seed(), row.id(), step)).toArray();
      batches.add(new MicroBatch(some, scale, scale == 0 ? new long[0] : keys));
    }
    return batches;
  }

  private static double sumOfLosses(List<Gradients> all, List<TrainingRow> rows, String when) {
    double[] losses = all.stream().flatMapToDouble(g -> Arrays.stream(g.losses())).toArray();
    List<String> bad =
        IntStream.range(0, losses.length)
            .filter(i -> !Double.isFinite(losses[i]))
            .mapToObj(i -> rows.get(i).id())
            .toList();
    if (!bad.isEmpty()) {
      throw new InvalidJobException(
          "Cannot go on with %s because the loss of %d rows is not a number: %s%s; lower train.learning_rate, or look at these rows"
              .formatted(
                  when,
                  bad.size(),
                  String.join(", ", bad.subList(0, Math.min(NAMED, bad.size()))),
                  bad.size() > NAMED ? ", …" : ""));
    }
    return Arrays.stream(losses).sum();
  }
}
