package org.yukiguni.run;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.spark.Counters;
import org.yukiguni.spark.OutputSchema;

/** A run that writes nothing: its completions as a dataset, computed whenever they are used. */
public final class LazyRun {
  private LazyRun() {}

  /**
   * The completions of a request: the output's columns, then the kept ones.
   *
   * @throws org.yukiguni.job.InvalidJobException if the input is wrong
   */
  public static Dataset<Row> completions(SparkSession spark, RunRequest request) {
    Dataset<Row> prompts = request.prompts().apply(spark);
    OutputSchema schema = OutputSchema.of(Planner.kept(prompts.schema()));
    Counters counters = Counters.register(spark.sparkContext(), request.job().name());
    return Planner.rows(prompts, request)
        .mapPartitions(request.partition(schema, counters), Encoders.row(schema.schema()));
  }
}
