package org.yukiguni.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.yukiguni.checkpoint.AdapterFiles;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.job.InvalidJobException;

/**
 * A training's folder, on any file system that Hadoop knows: {@code adapter/}, which is there when
 * it is done; {@code checkpoint-N/}, adapter and optimizer after N steps; {@code log/until=N/}, the
 * figures of the steps before it; {@code _yukiguni/}, what it goes by.
 */
final class TrainFolder {
  private static final String OURS = "_yukiguni";
  private static final String ADAPTER = "adapter";
  private static final String LOG = "log";

  /** Before the name of a folder that is not written to its end. */
  private static final String DRAFT = "_";

  private static final String OPTIMIZER = "optimizer.bin";
  private static final String IDENTITY = "identity.txt";
  private static final String JOB = "job.yaml";
  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-(\\d+)");

  private final FileSystem files;
  private final Path path;

  private TrainFolder(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** Looks at a folder, which need not exist. */
  static TrainFolder of(String path, Configuration hadoop) {
    try {
      Path folder = new Path(path);
      FileSystem files = folder.getFileSystem(hadoop);
      return new TrainFolder(files, files.makeQualified(folder));
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidJobException(
          "Cannot use output.path %s because %s".formatted(path, e.getMessage()));
    }
  }

  Path path() {
    return path;
  }

  Path adapter() {
    return new Path(path, ADAPTER);
  }

  Path log() {
    return new Path(path, LOG);
  }

  /** The log of the steps up to one, since the checkpoint before. */
  Path log(int steps) {
    return new Path(log(), "until=%08d".formatted(steps));
  }

  /** What of the folder is not a training's. */
  List<String> foreign() {
    return names().stream()
        .filter(name -> !List.of(OURS, DRAFT + ADAPTER, ADAPTER, LOG).contains(name))
        .filter(name -> !CHECKPOINT.matcher(name.replaceFirst("^" + DRAFT, "")).matches())
        .toList();
  }

  /** What the training goes by; empty if there is none. */
  Optional<String> identity() {
    return text(IDENTITY);
  }

  /** The effective job; empty if there is no training. */
  Optional<String> job() {
    return text(JOB);
  }

  /** Whether the adapter is there. */
  boolean isDone() {
    return !names(adapter()).isEmpty();
  }

  /** Whether there are figures. */
  boolean hasLog() {
    return !names(log()).isEmpty();
  }

  private Optional<String> text(String name) {
    Path file = new Path(new Path(path, OURS), name);
    return call(
        "read " + file,
        () -> {
          if (!files.exists(file)) {
            return Optional.empty();
          }
          try (var in = files.open(file)) {
            return Optional.of(new String(in.readAllBytes(), UTF_8));
          }
        });
  }

  /** Begins a training. */
  void begin(String identity, String effectiveJob) {
    write(new Path(new Path(path, OURS), JOB), effectiveJob.getBytes(UTF_8));
    write(new Path(new Path(path, OURS), IDENTITY), identity.getBytes(UTF_8));
  }

  /** Removes everything that is a training's; what it goes by last. */
  void clear() {
    for (String name : names()) {
      if (!foreign().contains(name) && !name.equals(OURS)) {
        delete(new Path(path, name));
      }
    }
    delete(new Path(path, OURS));
  }

  /** Steps of the checkpoints, the oldest first. */
  List<Integer> checkpoints() {
    return names().stream()
        .map(CHECKPOINT::matcher)
        .filter(Matcher::matches)
        .map(m -> Integer.valueOf(m.group(1)))
        .sorted()
        .toList();
  }

  /** Writes a checkpoint, whole or not at all, and removes those that are too many. */
  void save(AdapterLayout layout, OptimizerState state, String config, int kept) {
    Path draft = draft(checkpoint(state.steps()), layout, state, config);
    call(
        "write " + draft,
        () -> {
          try (var out = new DataOutputStream(files.create(new Path(draft, OPTIMIZER), true))) {
            state.write(out);
          }
          return null;
        });
    publish(draft, checkpoint(state.steps()));
    List<Integer> all = checkpoints();
    all.subList(0, Math.max(0, all.size() - kept)).forEach(steps -> delete(checkpoint(steps)));
  }

  /** Writes the adapter of a finished training, whole or not at all. */
  void finish(AdapterLayout layout, OptimizerState state, String config) {
    publish(draft(adapter(), layout, state, config), adapter());
  }

  /** Writes an adapter beside the folder that it is to become. */
  private Path draft(Path folder, AdapterLayout layout, OptimizerState state, String config) {
    Path draft = new Path(path, DRAFT + folder.getName());
    delete(draft);
    byte[] weights = AdapterFiles.weights(layout, state.parameters());
    write(new Path(draft, AdapterFiles.CONFIG), config.getBytes(UTF_8));
    write(new Path(draft, AdapterFiles.WEIGHTS), weights);
    return draft;
  }

  private void publish(Path draft, Path folder) {
    delete(folder);
    call(
        "rename " + draft,
        () -> {
          if (!files.rename(draft, folder)) {
            throw new IOException("the file system refused");
          }
          return null;
        });
  }

  /** The state of a checkpoint. */
  OptimizerState load(int steps, int size) {
    Path file = new Path(checkpoint(steps), OPTIMIZER);
    return call(
        "read " + file,
        () -> {
          try (var in = new DataInputStream(files.open(file))) {
            return OptimizerState.read(in, size);
          }
        });
  }

  /** Removes the figures of steps that will be made again. */
  void forgetLogAfter(int steps) {
    for (String name : names(log())) {
      if (Integer.parseInt(name.replaceAll("\\D", "0")) > steps) {
        delete(new Path(log(), name));
      }
    }
  }

  private Path checkpoint(int steps) {
    return new Path(path, "checkpoint-" + steps);
  }

  private List<String> names() {
    return names(path);
  }

  private List<String> names(Path folder) {
    return call(
        "list " + folder,
        () -> {
          try {
            List<String> names = new ArrayList<>();
            for (FileStatus entry : files.listStatus(folder)) {
              names.add(entry.getPath().equals(folder) ? "a file" : entry.getPath().getName());
            }
            names.sort(null);
            return names;
          } catch (FileNotFoundException e) {
            return List.of();
          }
        });
  }

  private void write(Path file, byte[] bytes) {
    call(
        "write " + file,
        () -> {
          try (var out = files.create(file, true)) {
            out.write(bytes);
          }
          return null;
        });
  }

  private void delete(Path target) {
    call(
        "remove " + target,
        () -> {
          if (files.exists(target) && !files.delete(target, true)) {
            throw new IOException("the file system refused");
          }
          return null;
        });
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  private static <T> T call(String what, Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot " + what + " because " + e.getMessage(), e);
    }
  }
}
