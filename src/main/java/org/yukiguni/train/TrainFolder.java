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
  private static final String OPTIMIZER = "optimizer.bin";
  private static final String IDENTITY = "identity.txt";
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
        .filter(name -> !List.of(OURS, ADAPTER, LOG).contains(name))
        .filter(name -> !CHECKPOINT.matcher(name.replaceFirst("^_", "")).matches())
        .toList();
  }

  /** What the training goes by; empty if there is none. */
  Optional<String> identity() {
    Path file = new Path(new Path(path, OURS), IDENTITY);
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
    write(new Path(new Path(path, OURS), "job.yaml"), effectiveJob.getBytes(UTF_8));
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
    Path draft = new Path(path, "_checkpoint-" + state.steps());
    delete(draft);
    writeAdapter(draft, layout, state, config);
    call(
        "write " + draft,
        () -> {
          try (var out = new DataOutputStream(files.create(new Path(draft, OPTIMIZER), true))) {
            state.write(out);
          }
          Path checkpoint = checkpoint(state.steps());
          delete(checkpoint);
          if (!files.rename(draft, checkpoint)) {
            throw new IOException("the file system refused to rename it");
          }
          return null;
        });
    List<Integer> all = checkpoints();
    all.subList(0, Math.max(0, all.size() - kept)).forEach(steps -> delete(checkpoint(steps)));
  }

  /** Writes the adapter of a finished training. */
  void finish(AdapterLayout layout, OptimizerState state, String config) {
    writeAdapter(adapter(), layout, state, config);
  }

  private void writeAdapter(
      Path folder, AdapterLayout layout, OptimizerState state, String config) {
    byte[] weights = AdapterFiles.weights(layout, state.parameters());
    write(new Path(folder, AdapterFiles.CONFIG), config.getBytes(UTF_8));
    write(new Path(folder, AdapterFiles.WEIGHTS), weights);
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
