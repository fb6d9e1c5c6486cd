package org.yukiguni.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model folder: its configuration and where each of its weights lies. */
public final class Checkpoint {
  private final Path folder;
  private final ModelConfig config;
  private final Map<String, StoredTensor> tensors;

  private Checkpoint(Path folder, ModelConfig config, Map<String, StoredTensor> tensors) {
    this.folder = folder;
    this.config = config;
    this.tensors = tensors;
  }

  /**
   * Reads {@code config.json} and where the weights lie (see {@link WeightFiles}); no weight is
   * read.
   *
   * @throws CheckpointException saying which file it looked for or what in it cannot be used
   */
  public static Checkpoint open(Path folder) {
    Path configFile = folder.resolve("config.json");
    if (!Files.isRegularFile(configFile)) {
      throw new CheckpointException(
          "Cannot open the model " + folder + " because it has no config.json");
    }
    Checkpoint checkpoint = new Checkpoint(folder, config(configFile), WeightFiles.read(folder));
    checkpoint.refuseUnknownTensors();
    return checkpoint;
  }

  /** A weight that nothing reads would be missing in the mathematics. */
  private void refuseUnknownTensors() {
    Set<String> unknown = new LinkedHashSet<>(tensors.keySet());
    ends().values().forEach(tensor -> unknown.remove(tensor.name()));
    for (int layer = 0; layer < config.layers(); layer++) {
      layer(layer).values().forEach(tensor -> unknown.remove(tensor.name()));
    }
    unknown.removeIf(name -> config.architecture().family().isIgnorable(name, config));
    if (!unknown.isEmpty()) {
      throw new CheckpointException(
          String.format(
              "Cannot load the model %s because %s has no place for its tensor %s (%d such); check"
                  + " architectures and num_hidden_layers of config.json",
              folder,
              config.architecture().className(),
              unknown.iterator().next(),
              unknown.size()));
    }
  }

  private static ModelConfig config(Path file) {
    JsonNode root = Json.read(file);
    JsonNode names = root.path("architectures");
    if (names.size() != 1) {
      throw new CheckpointException(
          "Cannot use " + file + " because architectures must name one, not " + names);
    }
    ConfigJson json = new ConfigJson(file, root);
    json.refuseQuantized();
    return Architecture.of(names.path(0).asText(), file).family().config(json);
  }

  public ModelConfig config() {
    return config;
  }

  /** The weights of a layer by the names that the architecture's script uses. */
  public Map<String, StoredTensor> layer(int layer) {
    return find(
        config.architecture().layerWeights(config), config.architecture().layerPrefixes(layer));
  }

  /** The weights before the first and after the last layer, likewise. */
  public Map<String, StoredTensor> ends() {
    return find(config.architecture().endWeights(config), List.of(""));
  }

  private Map<String, StoredTensor> find(List<Weight> weights, List<String> prefixes) {
    Map<String, StoredTensor> found = new LinkedHashMap<>();
    for (Weight weight : weights) {
      found.put(weight.name(), find(weight, prefixes));
    }
    return found;
  }

  private StoredTensor find(Weight weight, List<String> prefixes) {
    for (String prefix : prefixes) {
      for (String name : weight.storedNames()) {
        StoredTensor tensor = tensors.get(prefix + name);
        if (tensor != null) {
          return checked(tensor, weight);
        }
      }
    }
    throw new CheckpointException(
        String.format(
            "Cannot load the model %s because its weights lack %s%s",
            folder, prefixes.get(0), String.join(" or ", weight.storedNames())));
  }

  private static StoredTensor checked(StoredTensor tensor, Weight weight) {
    if (!tensor.shape().equals(weight.shape())) {
      throw new CheckpointException(
          String.format(
              "Cannot load tensor %s of %s because its shape is %s and config.json asks for %s",
              tensor.name(), tensor.file(), tensor.shape(), weight.shape()));
    }
    long elements = weight.shape().stream().reduce(1L, Math::multiplyExact);
    if (tensor.strides().isEmpty() && tensor.bytes() != elements * tensor.storedType().bytes()) {
      throw new CheckpointException(
          String.format(
              "Cannot load tensor %s of %s because it has %d bytes for a shape of %s in %s",
              tensor.name(), tensor.file(), tensor.bytes(), tensor.shape(), tensor.type()));
    }
    return tensor;
  }
}
