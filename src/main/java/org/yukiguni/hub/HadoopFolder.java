package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;

/**
 * A model's folder on a file system that Hadoop reads, and its copy on this host, which lies in
 * {@code HF_HOME/yukiguni/NAME-CONTENTS}.
 */
final class HadoopFolder {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_INDEX_BYTES = 64 << 20;
  private static final int HEX_DIGITS = 16;

  private final String uri;
  private final ModelFiles kind;
  private final Configuration hadoop;
  private final Path home;

  HadoopFolder(String uri, ModelFiles kind, Configuration hadoop, Path home) {
    this.uri = uri;
    this.kind = kind;
    this.hadoop = hadoop;
    this.home = home;
  }

  /**
   * Hex digits that stand for the needed files: a hash over their names, sizes and times of change.
   *
   * @throws HubException if the folder cannot be read or lacks a file
   */
  String contents() {
    return reading(() -> contents(files()));
  }

  /**
   * The copy of contents on this host, made if it is not there.
   *
   * @throws HubException if it cannot be made, or the contents have changed meanwhile
   */
  Path copy(String contents, FetchListener listener) {
    String name = new org.apache.hadoop.fs.Path(uri).getName();
    Path copy =
        home.resolve("yukiguni").resolve((name.isEmpty() ? "model" : name) + "-" + contents);
    // It gets this name when it is whole.
    if (!Files.isDirectory(copy)) {
      reading(
          () -> {
            HostLock.during(
                copy.resolveSibling(copy.getFileName() + ".lock"),
                () -> {
                  if (!Files.isDirectory(copy)) {
                    make(copy, contents, listener);
                  }
                });
            return copy;
          });
    }
    return copy;
  }

  private void make(Path copy, String contents, FetchListener listener) throws IOException {
    Map<String, FileStatus> files = files();
    if (!contents(files).equals(contents)) {
      throw HubException.refused(
          "Cannot copy model "
              + uri
              + " because its files have changed since the job began; run it again");
    }
    Path incomplete =
        Files.createDirectories(copy.resolveSibling(copy.getFileName() + ".incomplete"));
    long bytes = files.values().stream().mapToLong(FileStatus::getLen).sum();
    try (FetchProgress progress = new FetchProgress(uri, bytes, listener)) {
      List<Callable<Void>> copies = new ArrayList<>();
      files.forEach(
          (name, file) ->
              copies.add(
                  () -> {
                    copy(file, incomplete.resolve(name), progress);
                    return null;
                  }));
      Parallel.run(copies);
    }
    Files.move(incomplete, copy, StandardCopyOption.ATOMIC_MOVE);
  }

  private void copy(FileStatus from, Path to, FetchProgress progress) throws IOException {
    if (Files.exists(to)) {
      progress.add(from.getLen());
      return;
    }
    Path part = to.resolveSibling(to.getFileName() + ".part");
    long copied = 0;
    try (InputStream in = fileSystem().open(from.getPath());
        OutputStream out = Files.newOutputStream(part)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n; (n = in.read(buffer)) >= 0; ) {
        out.write(buffer, 0, n);
        progress.add(n);
        copied += n;
      }
    }
    if (copied != from.getLen()) {
      throw new IOException(
          "%s has %d bytes instead of %d".formatted(from.getPath(), copied, from.getLen()));
    }
    Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The needed files by name. */
  private Map<String, FileStatus> files() throws IOException {
    Map<String, FileStatus> there = new TreeMap<>();
    for (FileStatus file : fileSystem().listStatus(new org.apache.hadoop.fs.Path(uri))) {
      if (file.isFile()) {
        there.put(file.getPath().getName(), file);
      }
    }
    List<String> missing = kind.missing(there.keySet());
    if (!missing.isEmpty()) {
      throw refused("it has no " + String.join(", and no ", missing));
    }
    Map<String, FileStatus> needed = new TreeMap<>();
    for (String name : kind.choose(there.keySet(), index -> read(there.get(index)))) {
      FileStatus file = there.get(name);
      if (file == null) {
        throw refused("the index of its weights names " + name + ", which is not there");
      }
      needed.put(name, file);
    }
    return needed;
  }

  private byte[] read(FileStatus file) throws IOException {
    try (InputStream in = fileSystem().open(file.getPath())) {
      return in.readNBytes(MAX_INDEX_BYTES);
    }
  }

  /** Spark's and Hadoop's own instance, shared and not ours to close. */
  private FileSystem fileSystem() throws IOException {
    return new org.apache.hadoop.fs.Path(uri).getFileSystem(hadoop);
  }

  private String contents(Map<String, FileStatus> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(uri.getBytes(UTF_8));
      for (FileStatus file : files.values()) {
        String line =
            "\n%s %d %d"
                .formatted(file.getPath().getName(), file.getLen(), file.getModificationTime());
        digest.update(line.getBytes(UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private interface Reading<T> {
    T run() throws IOException;
  }

  /**
   * A file system that is not there says so in an unchecked exception if its classes are missing.
   */
  private <T> T reading(Reading<T> reading) {
    try {
      return reading.run();
    } catch (FileNotFoundException e) {
      throw refused("there is no such folder");
    } catch (AccessControlException e) {
      throw refused("it may not be read (" + e.getMessage() + ")");
    } catch (UnsupportedFileSystemException e) {
      throw refused("of " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw refused("it is no address of a folder (" + e.getMessage() + ")");
    } catch (IOException e) {
      throw HubException.unreachable("Cannot read model " + uri + " because of " + e, e);
    } catch (HubException e) {
      throw e;
    } catch (RuntimeException e) {
      throw refused("of " + e);
    }
  }

  private HubException refused(String reason) {
    return HubException.refused(
        "Cannot read model "
            + uri
            + " because "
            + reason
            + "; give the folder of a whole checkpoint on a file system that Spark can read");
  }
}
