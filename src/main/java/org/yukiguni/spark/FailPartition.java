package org.yukiguni.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.yukiguni.engine.ErrorCode;
import org.yukiguni.job.RowSettings;

/** Turns rows of the plan that end their executors into error rows, without running them. */
public final class FailPartition implements MapPartitionsFunction<Row, Row> {
  private final OutputSchema schema;
  private final RunConstants constants;
  private final RowSettings settings;
  private final String message;

  FailPartition(OutputSchema schema, RunConstants constants, RowSettings settings, String message) {
    this.schema = schema;
    this.constants = constants;
    this.settings = settings;
    this.message = message;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> plan) {
    OutputRows rows =
        new OutputRows(schema, constants, SparkEnv.get().executorId(), TaskDevice.CPU);
    List<Row> failed = new ArrayList<>();
    while (plan.hasNext()) {
      PromptRow prompt = PromptRow.of(plan.next());
      long seed = settings.config(prompt.generation()).seed();
      for (int i = 0; i < prompt.numSequences(); i++) {
        failed.add(rows.error(prompt, seed, i, ErrorCode.EXECUTOR_LOST.label(), message, null));
      }
    }
    return failed.iterator();
  }
}
