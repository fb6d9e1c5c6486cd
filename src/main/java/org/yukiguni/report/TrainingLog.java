package org.yukiguni.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Row;

/**
 * What a training has logged.
 *
 * @param job its name
 * @param adapter where the adapter is, or will be
 * @param isDone whether it is there
 * @param effectiveJob as YAML
 * @param steps in their order
 */
public record TrainingLog(
    String job, String adapter, boolean isDone, String effectiveJob, List<Step> steps) {
  /**
   * A step of the optimizer.
   *
   * @param step counted from 1
   * @param epoch how often all rows have been learnt, a fraction
   * @param learningRate of the step
   * @param loss mean over the step's targets, before the step
   * @param gradientNorm before it is scaled down
   * @param tokens of the step's rows
   * @param seconds that the step took
   * @param evalLoss mean over the targets of the rows held back, after the step; null if not
   *     measured
   */
  public record Step(
      int step,
      double epoch,
      double learningRate,
      double loss,
      double gradientNorm,
      long tokens,
      double seconds,
      Double evalLoss) {
    /** Tokens of the rows over the seconds of the step. */
    public double tokensPerSecond() {
      return tokens / seconds;
    }

    /** From a row of the log. */
    public static Step of(Row row) {
      return new Step(
          row.getAs("step"),
          row.getAs("epoch"),
          row.getAs("learning_rate"),
          row.getAs("loss"),
          row.getAs("gradient_norm"),
          row.getAs("tokens"),
          row.getAs("seconds"),
          row.getAs("eval_loss"));
    }
  }

  public TrainingLog {
    steps = List.copyOf(steps);
  }

  double[] losses() {
    return values(Step::loss);
  }

  /** The losses of the rows held back, where they were measured. */
  double[] evalLosses() {
    return steps.stream().filter(s -> s.evalLoss() != null).mapToDouble(Step::evalLoss).toArray();
  }

  double[] values(ToDoubleFunction<Step> column) {
    return steps.stream().mapToDouble(column).toArray();
  }

  long tokens() {
    return steps.stream().mapToLong(Step::tokens).sum();
  }

  double seconds() {
    return steps.stream().mapToDouble(Step::seconds).sum();
  }

  double tokensPerSecond() {
    return seconds() > 0 ? tokens() / seconds() : 0;
  }

  double stepsPerSecond() {
    return seconds() > 0 ? steps.size() / seconds() : 0;
  }

  /** One line of JSON. */
  String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("job", job).put("adapter", adapter).put("done", isDone);
    json.put("steps", steps.size()).put("tokens", tokens()).put("seconds", seconds());
    json.put("tokens_per_second", tokensPerSecond()).put("steps_per_second", stepsPerSecond());
    if (!steps.isEmpty()) {
      json.put("first_loss", losses()[0]).put("last_loss", losses()[steps.size() - 1]);
    }
    double[] held = evalLosses();
    if (held.length > 0) {
      json.put("first_eval_loss", held[0]).put("last_eval_loss", held[held.length - 1]);
    }
    return json.toString();
  }
}
