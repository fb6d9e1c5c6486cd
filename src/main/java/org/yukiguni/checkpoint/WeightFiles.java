package org.yukiguni.checkpoint;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that hold a model's weights: {@code model.safetensors}, or those that {@code
 * model.safetensors.index.json} names, or, where there is neither, {@code pytorch_model.bin} or
 * those of its index.
 */
final class WeightFiles {
  private static final List<String> NAMES = List.of("model.safetensors", "pytorch_model.bin");

  private WeightFiles() {}

  /** The tensors of a folder by name. */
  static Map<String, StoredTensor> read(Path folder) {
    for (String name : NAMES) {
      Path single = folder.resolve(name);
      if (Files.isRegularFile(single)) {
        return tensors(single);
      }
      Path index = folder.resolve(name + ".index.json");
      if (Files.isRegularFile(index)) {
        return shards(folder, index);
      }
    }
    throw new CheckpointException(
        "Cannot open the model "
            + folder
            + " because it has neither model.safetensors nor pytorch_model.bin, nor an index"
            + " (model.safetensors.index.json, pytorch_model.bin.index.json)");
  }

  /** The tensors of a file, whose name tells its format. */
  static Map<String, StoredTensor> tensors(Path file) {
    return file.toString().endsWith(".safetensors") ? Safetensors.read(file) : TorchFile.read(file);
  }

  private static Map<String, StoredTensor> shards(Path folder, Path index) {
    Set<String> files = new LinkedHashSet<>();
    Json.read(index).path("weight_map").forEach(file -> files.add(file.asText()));
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String name : files) {
      Path file = path(folder, name);
      if (file == null || !file.startsWith(folder.normalize()) || !Files.isRegularFile(file)) {
        throw new CheckpointException(
            "Cannot open the model "
                + folder
                + " because "
                + index.getFileName()
                + " names "
                + name
                + ", which is not there");
      }
      tensors.putAll(tensors(file));
    }
    return tensors;
  }

  /** Null if a name has characters that no path has. */
  private static Path path(Path folder, String name) {
    try {
      return folder.resolve(name).normalize();
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
