package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folders of one run: its results under {@code run_id=ID/chunk=N}, what it goes by under {@code
 * _yukiguni/ID}, which Spark's readers skip because of the underscore.
 */
final class RunFolder {
  static final String OURS = "_yukiguni";
  static final String RESULTS_PREFIX = "run_id=";
  private static final String RECORD = "run.json";

  private final FileSystem files;
  private final String id;
  private final Path results;
  private final Path notes;

  RunFolder(FileSystem files, Path output, String id) {
    this.files = files;
    this.id = id;
    this.results = new Path(output, RESULTS_PREFIX + id);
    this.notes = new Path(new Path(output, OURS), id);
  }

  String id() {
    return id;
  }

  Path results() {
    return results;
  }

  Path plan() {
    return new Path(notes, "plan");
  }

  Path chunk(int chunk) {
    return new Path(results, "chunk=" + chunk);
  }

  /** Where the answers to a batch of requests are written beside the results. */
  Path batchAnswers() {
    return new Path(notes, "openai");
  }

  /** Where the contents are made that are to take the place of a chunk's. */
  Path replacement(int chunk) {
    return new Path(new Path(notes, "replacements"), "chunk=" + chunk);
  }

  /** Where a chunk's rows are that had to be run in parts. */
  Path parts(int chunk) {
    return new Path(new Path(notes, "parts"), "chunk=" + chunk);
  }

  /** Whether a chunk was begun in parts. */
  boolean hasParts(int chunk) {
    return exists(parts(chunk));
  }

  /** Whether Spark's committer has set its mark, the last thing it does. */
  boolean isDone(int chunk) {
    return isDone(chunk(chunk));
  }

  /** The same for any folder that Spark writes. */
  boolean isDone(Path folder) {
    return exists(new Path(folder, "_SUCCESS"));
  }

  /**
   * Puts the replacements that are complete in the places of their chunks, and drops those that are
   * not. A crash on the way leaves a chunk that is missing, whose replacement is complete: to do
   * this again first is all that recovery takes.
   */
  void finishReplacements(RunRecord run) {
    if (!exists(new Path(notes, "replacements"))) {
      return;
    }
    for (int chunk = 0; chunk < run.chunks(); chunk++) {
      Path replacement = replacement(chunk);
      if (isDone(replacement)) {
        delete(chunk(chunk));
        rename(replacement, chunk(chunk));
      }
    }
    delete(new Path(notes, "replacements"));
  }

  /** Drops the parts of chunks that are done. */
  void dropDoneParts(RunRecord run) {
    if (exists(new Path(notes, "parts"))) {
      for (int chunk : doneChunks(run)) {
        dropParts(chunk);
      }
    }
  }

  /** Drops the parts of a chunk. */
  void dropParts(int chunk) {
    delete(parts(chunk));
  }

  /** The chunks that are not done, in order. */
  int[] missingChunks(RunRecord run) {
    return IntStream.range(0, run.chunks()).filter(chunk -> !isDone(chunk)).toArray();
  }

  /** The chunks that are done, in order. */
  int[] doneChunks(RunRecord run) {
    return IntStream.range(0, run.chunks()).filter(this::isDone).toArray();
  }

  /** What the run is, or empty if its planning was broken off. */
  Optional<RunRecord> record() {
    Path file = new Path(notes, RECORD);
    if (!exists(file)) {
      return Optional.empty();
    }
    return Optional.of(RunRecord.parse(readNote(RECORD), file.toString()));
  }

  /** Declares the plan complete. */
  void write(RunRecord run) {
    // Renamed into place, so that a crash leaves no half of it.
    Path draft = new Path(notes, RECORD + ".tmp");
    write(draft, run.json());
    rename(draft, new Path(notes, RECORD));
  }

  /** What {@link #note} has written. */
  String readNote(String name) {
    Path file = new Path(notes, name);
    try (var in = files.open(file)) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file + " because " + e.getMessage(), e);
    }
  }

  /** Writes a text beside the plan. */
  void note(String name, String text) {
    write(new Path(notes, name), text);
  }

  /** Removes the run: results first, so that what a crash leaves is still known as ours. */
  void delete() {
    delete(results);
    delete(notes);
  }

  private void delete(Path path) {
    try {
      if (files.exists(path) && !files.delete(path, true)) {
        throw new IOException("the file system refused");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove " + path + " because " + e.getMessage(), e);
    }
  }

  private void rename(Path from, Path to) {
    try {
      if (!files.rename(from, to)) {
        throw new IOException("the file system refused");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot rename " + from + " to " + to + " because " + e.getMessage(), e);
    }
  }

  private void write(Path file, String text) {
    try (var out = files.create(file, true)) {
      out.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + " because " + e.getMessage(), e);
    }
  }

  private boolean exists(Path path) {
    try {
      return files.exists(path);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look up " + path + " because " + e.getMessage(), e);
    }
  }
}
