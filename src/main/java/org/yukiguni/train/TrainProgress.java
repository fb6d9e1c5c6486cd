package org.yukiguni.train;

import java.util.Locale;
import org.yukiguni.progress.StepProgress;
import org.yukiguni.report.TrainingLog;

/** Shows each step with its loss and the rate of all since the start. */
final class TrainProgress implements AutoCloseable {
  private final StepProgress steps;
  private final long startNanos = System.nanoTime();
  private long tokens;

  TrainProgress(String name, int before, int total) {
    this.steps = new StepProgress(name, before, total);
  }

  void show(TrainingLog.Step record) {
    tokens += record.tokens();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    String heldBack =
        record.evalLoss() == null
            ? ""
            : String.format(Locale.ROOT, " (held back %.4f)", record.evalLoss());
    steps.show(
        record.step(),
        String.format(
            Locale.ROOT,
            "loss %.4f%s, learning rate %.2e, %,.0f tokens/s",
            record.loss(),
            heldBack,
            record.learningRate(),
            tokens / seconds));
  }

  @Override
  public void close() {
    steps.close();
  }
}
