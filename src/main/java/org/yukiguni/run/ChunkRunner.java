package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.spark.GeneratePartition;
import org.yukiguni.spark.PlanColumn;

/**
 * Runs the chunks of a plan, each as one Spark job that writes one folder. The folder is
 * overwritten whole and marked by Spark's committer at the end, so a chunk that is run again after
 * a crash leaves neither gaps nor doubles.
 */
final class ChunkRunner {
  /** So that the next chunk's rows fill the slots that the tail of one leaves idle. */
  private static final int IN_FLIGHT = 2;

  private final SparkSession spark;
  private final RunFolder folder;
  private final RunRecord run;
  private final GeneratePartition generate;
  private final StructType output;

  ChunkRunner(
      SparkSession spark,
      RunFolder folder,
      RunRecord run,
      GeneratePartition generate,
      StructType output) {
    this.spark = spark;
    this.folder = folder;
    this.run = run;
    this.generate = generate;
    this.output = output;
  }

  /**
   * Runs chunks; returns when all are done.
   *
   * @param stop why no more chunks may begin, or empty as long as they may; asked before each
   * @throws RunBrokenException if one failed, or some were not begun; those in flight are finished
   *     first
   */
  void run(int[] chunks, Supplier<Optional<String>> stop) {
    ExecutorService drivers = Executors.newFixedThreadPool(IN_FLIGHT);
    AtomicBoolean isBroken = new AtomicBoolean();
    try {
      List<Future<?>> jobs = new ArrayList<>();
      for (int chunk : chunks) {
        jobs.add(
            drivers.submit(
                () -> {
                  if (stop.get().isEmpty()) {
                    runUnless(isBroken, chunk);
                  }
                }));
      }
      await(jobs);
    } finally {
      drivers.shutdownNow();
    }
    refuseUnfinished(stop.get());
  }

  private void refuseUnfinished(Optional<String> stopped) {
    int done = folder.doneChunks(run).length;
    if (stopped.isPresent() && done < run.chunks()) {
      throw new RunBrokenException(
          "Stopped run %s because %s; %d of %d chunks are done, the same command goes on with the others"
              .formatted(run.runId(), stopped.get(), done, run.chunks()));
    }
  }

  private void runUnless(AtomicBoolean isBroken, int chunk) {
    if (!isBroken.get()) {
      try {
        write(chunk);
      } catch (RuntimeException | Error e) {
        isBroken.set(true);
        throw e;
      }
    }
  }

  private void await(List<Future<?>> jobs) {
    Throwable failure = null;
    for (Future<?> job : jobs) {
      try {
        job.get();
      } catch (ExecutionException e) {
        failure = failure == null ? e.getCause() : failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw new RunBrokenException(
          "Cannot finish run %s because a chunk failed: %s; %d of %d chunks are done, the same command goes on with the others"
              .formatted(
                  run.runId(),
                  Causes.sentence(failure),
                  folder.doneChunks(run).length,
                  run.chunks()),
          failure);
    }
  }

  private void write(int chunk) {
    spark
        .sparkContext()
        .setJobDescription("chunk %d of %d, %s".formatted(chunk + 1, run.chunks(), run.jobName()));
    rows(chunk)
        .mapPartitions(generate, Encoders.row(output))
        .write()
        .mode(SaveMode.Overwrite)
        // The mark is what resume goes by, whatever the cluster's default.
        .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "true")
        .parquet(folder.chunk(chunk).toString());
  }

  /** The rows of a chunk, spread evenly over the task slots, in each the longest prompts first. */
  private Dataset<Row> rows(int chunk) {
    StructType schema = (StructType) StructType.fromJson(run.planSchema());
    return Planner.read(spark, folder, schema)
        .where(col("chunk").equalTo(chunk))
        .drop("chunk")
        .repartition(spark.sparkContext().defaultParallelism())
        .sortWithinPartitions(
            size(col(PlanColumn.PROMPT_TOKEN_IDS.columnName())).desc_nulls_last(),
            col(PlanColumn.ID.columnName()));
  }
}
