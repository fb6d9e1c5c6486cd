package org.yukiguni.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A LoRA adapter's folder as peft writes it: {@code adapter_config.json} and {@code
 * adapter_model.safetensors} or {@code adapter_model.bin}.
 */
final class Adapter {
  static final String PREFIX = "base_model.model.";

  private final Path folder;
  private final AdapterConfig config;
  private final Map<String, StoredTensor> tensors;
  private final Set<String> used = new HashSet<>();

  private Adapter(Path folder, AdapterConfig config, Map<String, StoredTensor> tensors) {
    this.folder = folder;
    this.config = config;
    this.tensors = tensors;
  }

  /**
   * Reads the configuration and where the tensors lie.
   *
   * @throws CheckpointException if a file is missing or asks for something that is not supported
   */
  static Adapter open(Path folder) {
    Map<String, StoredTensor> tensors = tensors(folder);
    return new Adapter(folder, AdapterConfig.read(folder.resolve("adapter_config.json")), tensors);
  }

  /** Where its tensors lie, by name. */
  static Map<String, StoredTensor> tensors(Path folder) {
    Path configFile = folder.resolve("adapter_config.json");
    Path safetensors = folder.resolve("adapter_model.safetensors");
    Path torch = folder.resolve("adapter_model.bin");
    Path weights = Files.isRegularFile(safetensors) ? safetensors : torch;
    if (!Files.isRegularFile(configFile) || !Files.isRegularFile(weights)) {
      throw new CheckpointException(
          "Cannot open the adapter "
              + folder
              + " because it lacks adapter_config.json, or adapter_model.safetensors and"
              + " adapter_model.bin");
    }
    Map<String, StoredTensor> tensors = new TreeMap<>();
    WeightFiles.tensors(weights)
        .forEach((name, tensor) -> tensors.put(name.replace(".default.", "."), tensor));
    if (tensors.keySet().stream().noneMatch(name -> name.endsWith(".lora_A.weight"))) {
      throw new CheckpointException(
          "Cannot use the adapter " + folder + " because it has no tensor named …lora_A.weight");
    }
    return tensors;
  }

  /**
   * What it adds to a weight.
   *
   * @param names that the weight can have in a checkpoint
   */
  Optional<LowRank> change(List<String> names, StoredTensor weight, LowRank.Layout layout) {
    for (String name : names) {
      String module = name.replaceAll("\\.weight$", "");
      StoredTensor a = tensors.get(PREFIX + module + ".lora_A.weight");
      StoredTensor b = tensors.get(PREFIX + module + ".lora_B.weight");
      if (name.endsWith(".weight") && a != null && b != null) {
        used.add(PREFIX + module + ".lora_A.weight");
        used.add(PREFIX + module + ".lora_B.weight");
        checkShapes(module, a, b, weight, layout);
        return Optional.of(new LowRank(a, b, config.scale(module), layout));
      }
    }
    return Optional.empty();
  }

  private void checkShapes(
      String module, StoredTensor a, StoredTensor b, StoredTensor weight, LowRank.Layout layout) {
    long rank = config.rank(module);
    List<Long> shape = new ArrayList<>(weight.shape());
    boolean fits = shape.size() == 2;
    if (fits) {
      long out = shape.get(layout == LowRank.Layout.OUT_IN ? 0 : 1);
      long in = shape.get(layout == LowRank.Layout.OUT_IN ? 1 : 0);
      fits = a.shape().equals(List.of(rank, in)) && b.shape().equals(List.of(out, rank));
    }
    if (!fits) {
      throw new CheckpointException(
          String.format(
              "Cannot use the adapter %s because its A %s and B %s of %s do not fit the rank %d and"
                  + " the model's weight %s; check that it was made for this model",
              folder, a.shape(), b.shape(), module, rank, weight.shape()));
    }
  }

  /** A whole weight that it puts in the place of the model's. */
  Optional<StoredTensor> replacement(List<String> names) {
    for (String name : names) {
      StoredTensor tensor = tensors.get(PREFIX + name);
      if (tensor != null && config.savesWhole(name.substring(0, name.lastIndexOf('.')))) {
        used.add(PREFIX + name);
        return Optional.of(tensor);
      }
    }
    return Optional.empty();
  }

  /** Refuses tensors that found no weight; to be called when all weights have been asked for. */
  void refuseUnused() {
    for (String name : tensors.keySet()) {
      if (!used.contains(name)) {
        throw new CheckpointException(
            String.format(
                "Cannot use the adapter %s because its tensor %s (%d of %d) has no place in the"
                    + " model; supported are pairs of lora_A and lora_B on linear layers, and"
                    + " modules_to_save",
                folder, name, tensors.size() - used.size(), tensors.size()));
      }
    }
  }
}
