package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.yukiguni.spark.PlanColumn;

/**
 * Runs a chunk that ended its executors in parts, each a Spark job with nothing beside it, and the
 * parts that do so again in smaller ones, until the rows to blame are alone. These become error
 * rows; the parts are put together to the chunk. Parts that are done stay done when the driver dies
 * meanwhile.
 */
final class ChunkSplitter {
  private static final System.Logger LOG = System.getLogger(ChunkSplitter.class.getName());

  /** Parts that a part is cut into. Each level costs an executor, each part a Spark job. */
  private static final int PARTS = 8;

  /** Executors that a single row must end before it is blamed, since one can end by chance. */
  private static final int LOSSES_OF_A_ROW = 2;

  private final SparkSession spark;
  private final RunFolder folder;
  private final RunRecord run;
  private final ChunkRunner runner;

  ChunkSplitter(SparkSession spark, RunFolder folder, RunRecord run, ChunkRunner runner) {
    this.spark = spark;
    this.folder = folder;
    this.run = run;
    this.runner = runner;
  }

  /** Rows of a chunk by the order of their ids. */
  private record Part(int from, int to) {
    int numRows() {
      return to - from;
    }

    List<Part> parts() {
      List<Part> parts = new ArrayList<>();
      int size = (numRows() - 1) / PARTS + 1;
      for (int start = from; start < to; start += size) {
        parts.add(new Part(start, Math.min(to, start + size)));
      }
      return parts;
    }

    @Override
    public String toString() {
      return "rows=" + from + "-" + to;
    }
  }

  /** Runs a chunk to its end. */
  void run(ChunkWork work) {
    String id = PlanColumn.ID.columnName();
    List<String> ids = work.rows().select(id).orderBy(id).as(Encoders.STRING()).collectAsList();
    List<Path> done = new ArrayList<>();
    List<Part> failed = new ArrayList<>();
    RuntimeException failure = null;
    List<Part> parts = new Part(0, ids.size()).parts();
    for (Part part : parts) {
      failure = run(work, ids, part, done, failed, failure);
    }
    if (failure != null && parts.size() > 1 && failed.size() == parts.size()) {
      // No row alone does that.
      throw failure;
    }
    failed.forEach(part -> split(work, ids, part, done));
    runner.write(work.with(runner.read(done)).coalesce(runner.slots()), work.target());
    folder.dropParts(work.chunk());
  }

  private void split(ChunkWork work, List<String> ids, Part part, List<Path> done) {
    if (part.numRows() == 1) {
      LOG.log(Level.ERROR, "the row with id {0} ends its executors", ids.get(part.from()));
      Path target = target(work, part);
      runner.write(
          runner.failed(
              rows(work, ids, part),
              "Cannot generate because the executor ended each time this row ran; look into its log, and shorten the row or give the executor more memory"),
          target);
      done.add(target);
      return;
    }
    List<Part> failed = new ArrayList<>();
    for (Part smaller : part.parts()) {
      run(work, ids, smaller, done, failed, null);
    }
    failed.forEach(smaller -> split(work, ids, smaller, done));
  }

  /** Runs a part, unless it is done; notes where it went. Returns the first failure. */
  private RuntimeException run(
      ChunkWork work,
      List<String> ids,
      Part part,
      List<Path> done,
      List<Part> failed,
      RuntimeException earlier) {
    Path target = target(work, part);
    if (folder.isDone(target)) {
      done.add(target);
      return earlier;
    }
    String job = "chunk %d, %s of %s".formatted(work.chunk() + 1, part, run.jobName());
    ExecutorLosses losses =
        ExecutorLosses.endJobsAfter(
            part.numRows() == 1 ? LOSSES_OF_A_ROW : 1, spark.sparkContext(), job);
    try {
      runner.write(
          runner.generated(rows(work, ids, part), Math.min(part.numRows(), runner.slots())),
          target);
      done.add(target);
      return earlier;
    } catch (RuntimeException e) {
      if (!Causes.mayBeARow(e)) {
        throw e;
      }
      LOG.log(Level.WARNING, "{0} failed: {1}", job, Causes.sentence(e));
      failed.add(part);
      return earlier == null ? e : earlier;
    } finally {
      losses.end();
    }
  }

  private Dataset<Row> rows(ChunkWork work, List<String> ids, Part part) {
    return work.rows()
        .where(
            col(PlanColumn.ID.columnName()).between(ids.get(part.from()), ids.get(part.to() - 1)));
  }

  private Path target(ChunkWork work, Part part) {
    return new Path(folder.parts(work.chunk()), part.toString());
  }
}
