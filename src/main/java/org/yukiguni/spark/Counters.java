package org.yukiguni.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What tasks count while they run. The accumulators are named, so Spark sends them with every
 * heartbeat and shows them in its UI; {@link LiveSums} adds them up on the driver. They are for
 * watching only: the truth about a run is in its Parquet files.
 */
public final class Counters implements Serializable {
  private final LongAccumulator rows;
  private final LongAccumulator completions;
  private final LongAccumulator errors;
  private final LongAccumulator tokens;
  private final LongAccumulator deviceMicros;

  private Counters(SparkContext context, String run) {
    rows = context.longAccumulator("rows done, " + run);
    completions = context.longAccumulator("completions, " + run);
    errors = context.longAccumulator("errors, " + run);
    tokens = context.longAccumulator("completion tokens, " + run);
    deviceMicros = context.longAccumulator("device microseconds, " + run);
  }

  /** New counters at zero, known to the driver. */
  public static Counters register(SparkContext context, String run) {
    return new Counters(context, run);
  }

  /** The accumulators' ids in the order of {@link Sums#of}. */
  List<Long> ids() {
    return List.of(rows.id(), completions.id(), errors.id(), tokens.id(), deviceMicros.id());
  }

  void rowDone() {
    rows.add(1L);
  }

  void completion(int numTokens, double deviceMs) {
    completions.add(1L);
    tokens.add((long) numTokens);
    deviceMicros.add(Math.round(deviceMs * 1000));
  }

  void error() {
    errors.add(1L);
  }
}
