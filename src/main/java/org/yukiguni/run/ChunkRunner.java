package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.spark.GeneratePartition;
import org.yukiguni.spark.PlanColumn;

/**
 * Runs chunks, each as one Spark job that writes one folder. The folder is overwritten whole and
 * marked by Spark's committer at the end, so a chunk that is run again after a crash leaves neither
 * gaps nor doubles. A chunk that ends its executors is put off, and run in parts when the others
 * are done.
 */
final class ChunkRunner {
  private static final System.Logger LOG = System.getLogger(ChunkRunner.class.getName());

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
  void run(List<ChunkWork> chunks, Supplier<Optional<String>> stop) {
    ExecutorService drivers = Executors.newFixedThreadPool(IN_FLIGHT);
    AtomicBoolean isBroken = new AtomicBoolean();
    ConcurrentLinkedQueue<ChunkWork> putOff = new ConcurrentLinkedQueue<>();
    ChunkSplitter splitter = new ChunkSplitter(spark, folder, run, this);
    int notBegun = 0;
    try {
      List<Future<Integer>> jobs = new ArrayList<>();
      for (ChunkWork chunk : chunks) {
        jobs.add(
            drivers.submit(
                () -> {
                  if (stop.get().isPresent() || isBroken.get()) {
                    return 1;
                  }
                  runOrPutOff(chunk, isBroken, putOff);
                  return 0;
                }));
      }
      notBegun = await(jobs);
      for (ChunkWork chunk : putOff) {
        if (stop.get().isPresent()) {
          notBegun++;
        } else {
          splitter.run(chunk);
        }
      }
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    } catch (RuntimeException e) {
      throw broken(e);
    } finally {
      drivers.shutdownNow();
    }
    if (notBegun > 0) {
      throw new RunBrokenException(
          "Stopped run %s because %s; %s"
              .formatted(run.runId(), stop.get().orElse("a chunk failed"), progress()));
    }
  }

  private void runOrPutOff(
      ChunkWork chunk, AtomicBoolean isBroken, ConcurrentLinkedQueue<ChunkWork> putOff) {
    if (folder.hasParts(chunk.chunk())) {
      putOff.add(chunk);
      return;
    }
    try {
      describe("chunk %d of %d, %s".formatted(chunk.chunk() + 1, run.chunks(), run.jobName()));
      write(chunk.with(generated(chunk.rows(), slots())), chunk.target());
    } catch (RuntimeException | Error e) {
      if (!Causes.mayBeARow(e)) {
        isBroken.set(true);
        throw e;
      }
      LOG.log(
          Level.WARNING,
          "chunk {0} ended its executors and will be run in parts: {1}",
          chunk.chunk(),
          Causes.sentence(e));
      putOff.add(chunk);
    }
  }

  /** Waits for all, and gives the sum, or throws what the first one did that failed. */
  private static int await(List<Future<Integer>> jobs) throws ExecutionException {
    ExecutionException failure = null;
    int sum = 0;
    for (Future<Integer> job : jobs) {
      try {
        sum += job.get();
      } catch (ExecutionException e) {
        failure = failure == null ? e : failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = failure == null ? new ExecutionException(e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return sum;
  }

  private RunBrokenException broken(Throwable failure) {
    return new RunBrokenException(
        "Cannot finish run %s because a chunk failed: %s; %s"
            .formatted(run.runId(), Causes.sentence(failure), progress()),
        failure);
  }

  private String progress() {
    return "%d of %d chunks are done, the same command goes on with the others"
        .formatted(folder.doneChunks(run).length, run.chunks());
  }

  /** Names the jobs of this thread for whoever looks at Spark's UI. */
  void describe(String job) {
    spark.sparkContext().setJobDescription(job);
    // Spark hands these on to the logs of the tasks.
    spark.sparkContext().setLocalProperty("mdc.run", run.runId());
    spark.sparkContext().setLocalProperty("mdc.work", job);
  }

  int slots() {
    return spark.sparkContext().defaultParallelism();
  }

  /**
   * The output rows of rows of the plan, spread evenly, in each task the longest prompts first, and
   * equal requests one after another if they are computed once.
   */
  Dataset<Row> generated(Dataset<Row> rows, int tasks) {
    Column hash = col(PlanColumn.REQUEST_HASH.columnName());
    Dataset<Row> spread = run.hasTwins() ? rows.repartition(tasks, hash) : rows.repartition(tasks);
    return spread
        .sortWithinPartitions(
            size(col(PlanColumn.PROMPT_TOKEN_IDS.columnName())).desc_nulls_last(),
            hash,
            col(PlanColumn.ID.columnName()))
        .mapPartitions(generate, Encoders.row(output));
  }

  /** Error rows in their place. */
  Dataset<Row> failed(Dataset<Row> rows, String message) {
    return rows.mapPartitions(generate.failing(message), Encoders.row(output));
  }

  /** Output rows that were written. */
  Dataset<Row> read(List<Path> folders) {
    return spark
        .read()
        .schema(output)
        .parquet(folders.stream().map(Path::toString).toArray(String[]::new));
  }

  void write(Dataset<Row> rows, Path target) {
    try {
      RunFooter.of(folder, run)
          .on(rows)
          .write()
          .mode(SaveMode.Overwrite)
          // The mark is what resume goes by, whatever the cluster's default.
          .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "true")
          .parquet(target.toString());
    } catch (Exception e) {
      // Spark throws checked exceptions without declaring them.
      throw new IllegalStateException("Cannot write " + target, e);
    }
  }
}
