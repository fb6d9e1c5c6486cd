package org.yukiguni.run;

import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.Job;
import org.yukiguni.job.RowSettings;
import org.yukiguni.spark.Counters;
import org.yukiguni.spark.GeneratePartition;
import org.yukiguni.spark.ModelLoader;
import org.yukiguni.spark.OutputSchema;
import org.yukiguni.spark.RowLimits;
import org.yukiguni.spark.RunConstants;

/**
 * A job with everything resolved that the run needs.
 *
 * @param job as read
 * @param effectiveJob the job as YAML with all defaults, secrets redacted
 * @param generation what to generate for each row
 * @param modelRevision tells contents of the model apart
 * @param adapter the LoRA adapter with a hash over its contents; null without one
 * @param loader opens the model on executors
 * @param prompts the id, the prompt, then the kept columns; asked for if a plan is made, or to see
 *     whether the input of a finished run has changed
 */
public record RunRequest(
    Job job,
    String effectiveJob,
    RowSettings generation,
    String modelRevision,
    String adapter,
    ModelLoader loader,
    Function<SparkSession, Dataset<Row>> prompts) {
  /** The work of every task of the run. */
  GeneratePartition partition(OutputSchema schema, Counters counters) {
    return new GeneratePartition(
        loader,
        job.model().device(),
        generation,
        RowLimits.of(job.run()),
        schema,
        new RunConstants(job.model().path(), modelRevision, adapter),
        counters);
  }
}
