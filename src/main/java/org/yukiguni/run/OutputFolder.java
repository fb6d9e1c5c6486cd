package org.yukiguni.run;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.yukiguni.job.InvalidJobException;

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
