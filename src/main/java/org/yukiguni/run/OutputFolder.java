package org.yukiguni.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.spark.OutputColumn;

/** The folder at {@code output.path}, on any file system that Hadoop knows: runs side by side. */
final class OutputFolder {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);
  private static final int NAMED = 3;

  private final Path path;
  private final FileSystem files;

  private OutputFolder(Path path, FileSystem files) {
    this.path = path;
    this.files = files;
  }

  /** Looks at a folder, which need not exist. */
  static OutputFolder of(String path, Configuration hadoop) {
    try {
      Path folder = new Path(path);
      FileSystem files = folder.getFileSystem(hadoop);
      return new OutputFolder(files.makeQualified(folder), files);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidJobException(
          "Cannot use output.path %s because %s".formatted(path, e.getMessage()));
    }
  }

  /** Our runs in the folder, the oldest first. */
  List<RunFolder> runs() {
    return names(new Path(path, RunFolder.OURS)).stream()
        .filter(name -> !name.startsWith(Lease.PREFIX))
        .map(this::run)
        .toList();
  }

  /**
   * Checks that nothing lies here that we did not write.
   *
   * @throws InvalidJobException if there is
   */
  void refuseForeign() {
    Set<String> ours =
        runs().stream().map(run -> RunFolder.RESULTS_PREFIX + run.id()).collect(Collectors.toSet());
    ours.add(RunFolder.OURS);
    List<String> foreign = new ArrayList<>(names(path));
    foreign.removeAll(ours);
    if (!foreign.isEmpty()) {
      throw new InvalidJobException(
          "Cannot write to output.path %s because it holds %s%s, which is not ours; choose an empty or a new folder"
              .formatted(
                  path,
                  String.join(", ", foreign.subList(0, Math.min(NAMED, foreign.size()))),
                  foreign.size() > NAMED ? " and %d more".formatted(foreign.size() - NAMED) : ""));
    }
  }

  /**
   * The right to write here; to be closed at the end.
   *
   * @param holder who asks, in a few words
   * @throws InvalidJobException if another driver has it
   */
  Lease lease(String holder) {
    return Lease.take(files, new Path(path, RunFolder.OURS), holder, Lease.Times.USUAL);
  }

  /**
   * The requests that our runs have done here without an error: columns id and request_hash; empty
   * if there is no run.
   */
  Optional<Dataset<Row>> doneRequests(SparkSession spark) {
    String[] chunks =
        runs().stream()
            .filter(run -> run.record().isPresent())
            .flatMap(
                run ->
                    Arrays.stream(run.doneChunks(run.record().orElseThrow()))
                        .mapToObj(chunk -> run.chunk(chunk).toString()))
            .toArray(String[]::new);
    if (chunks.length == 0) {
      return Optional.empty();
    }
    Column isError = col(OutputColumn.STATUS.columnName()).notEqual("ok");
    return Optional.of(
        spark
            .read()
            .schema(
                new StructType()
                    .add(OutputColumn.ID.columnName(), DataTypes.StringType)
                    .add(OutputColumn.REQUEST_HASH.columnName(), DataTypes.StringType)
                    .add(OutputColumn.STATUS.columnName(), DataTypes.StringType)
                    .add(OutputColumn.RUN_ID.columnName(), DataTypes.StringType))
            .option("basePath", path.toString())
            .parquet(chunks)
            .groupBy(
                OutputColumn.RUN_ID.columnName(),
                OutputColumn.ID.columnName(),
                OutputColumn.REQUEST_HASH.columnName())
            .agg(count_if(isError).as("errors"))
            .where(col("errors").equalTo(0))
            .select(OutputColumn.ID.columnName(), OutputColumn.REQUEST_HASH.columnName()));
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** A new run, its id ordered by time. */
  RunFolder newRun(Instant now) {
    return run(TIME.format(now) + "-%08x".formatted(ThreadLocalRandom.current().nextInt()));
  }

  private RunFolder run(String id) {
    return new RunFolder(files, path, id);
  }

  private Set<String> names(Path folder) {
    try {
      FileStatus[] entries = files.listStatus(folder);
      return Arrays.stream(entries)
          .map(entry -> entry.getPath().equals(folder) ? "a file" : entry.getPath().getName())
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (FileNotFoundException e) {
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder + " because " + e.getMessage(), e);
    }
  }
}
