package org.yukiguni.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Sizes and times of a folder's files at one moment. Weights are mapped, so a file that is written
 * while a model runs changes what it computes.
 */
record FolderStamp(Path folder, Map<String, String> files) {
  static FolderStamp of(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      Map<String, String> files = new TreeMap<>();
      for (Path file : entries.filter(Files::isRegularFile).toList()) {
        files.put(
            file.getFileName().toString(),
            Files.size(file) + " bytes of " + Files.getLastModifiedTime(file));
      }
      return new FolderStamp(folder, files);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder + " because of " + e, e);
    }
  }

  /**
   * Checks that the files are what they were.
   *
   * @throws IllegalStateException if not
   */
  void check() {
    Map<String, String> now = of(folder).files;
    if (!now.equals(files)) {
      Map<String, String> changed = new TreeMap<>(files);
      changed.entrySet().removeAll(now.entrySet());
      throw new IllegalStateException(
          "Cannot trust what model %s says because its files have changed since it was opened (%s); put them back, and leave them alone while a job runs"
              .formatted(
                  folder, changed.isEmpty() ? "new ones" : String.join(", ", changed.keySet())));
    }
  }
}
