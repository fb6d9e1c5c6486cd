package org.yukiguni.train;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.JobReader;
import org.yukiguni.report.TrainingLog;

/** What a training's folder tells, as a report needs it. */
public final class FinishedSteps {
  private FinishedSteps() {}

  /**
   * The log of a training, up to its last checkpoint.
   *
   * @param output the job's {@code output.path}
   * @return empty if the folder holds no training
   */
  public static Optional<TrainingLog> of(SparkSession spark, String output) {
    TrainFolder folder = TrainFolder.of(output, spark.sparkContext().hadoopConfiguration());
    return folder.job().map(job -> of(spark, folder, job));
  }

  private static TrainingLog of(SparkSession spark, TrainFolder folder, String job) {
    List<TrainingLog.Step> steps =
        folder.hasLog()
            ? spark
                .read()
                .schema(StepRows.SCHEMA)
                .parquet(folder.log().toString())
                .orderBy("step")
                .collectAsList()
                .stream()
                .map(TrainingLog.Step::of)
                .toList()
            : List.of();
    return new TrainingLog(
        name(job, folder), folder.adapter().toString(), folder.isDone(), job, steps);
  }

  private static String name(String job, TrainFolder folder) {
    try {
      return JobReader.parseTraining(job, List.of()).name();
    } catch (InvalidJobException e) {
      // Written by another version, whose keys were others.
      return folder.path().getName();
    }
  }
}
