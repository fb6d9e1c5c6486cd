package org.yukiguni.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A model folder: its configuration and where each of its weights lies. */
public final class Checkpoint {
  private final Path folder;
  private final ModelConfig config;
  private final Map<String, StoredTensor> tensors;
  private final Optional<Adapter> adapter;

  private Checkpoint(
      Path folder,
      ModelConfig config,
      Map<String, StoredTensor> tensors,
      Optional<Adapter> adapter) {
    this.folder = folder;
    this.config = config;
    this.tensors = tensors;
    this.adapter = adapter;
  }

  /**
   * Reads {@code config.json} and where the weights lie (see {@link WeightFiles}); no weight is
   * read.
   *
   * @throws CheckpointException saying which file it looked for or what in it cannot be used
   */
  public static Checkpoint open(Path folder) {
    return open(folder, Optional.empty());
  }

  /**
   * The same with a LoRA adapter.
   *
   * @param adapterFolder {@code adapter_config.json} and the adapter's weights
   */
  public static Checkpoint open(Path folder, Optional<Path> adapterFolder) {
    Checkpoint checkpoint =
        new Checkpoint(
            folder, readConfig(folder), WeightFiles.read(folder), adapterFolder.map(Adapter::open));
    checkpoint.refuseUnknownTensors();
    checkpoint.refuseUnknownChanges();
    return checkpoint;
  }

  /** Reads a folder's {@code config.json} alone. */
  public static ModelConfig readConfig(Path folder) {
    Path configFile = folder.resolve("config.json");
    if (!Files.isRegularFile(configFile)) {
      throw new CheckpointException(
          "Cannot open the model " + folder + " because it has no config.json");
    }
    return config(configFile);
  }

  /** A weight that nothing reads would be missing in the mathematics. */
  private void refuseUnknownTensors() {
    Set<String> unknown = new LinkedHashSet<>(tensors.keySet());
    for (Weight weight : config.architecture().endWeights(config)) {
      unknown.remove(find(weight, List.of("")).name());
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Weight weight : config.architecture().layerWeights(config)) {
        unknown.remove(find(weight, config.architecture().layerPrefixes(layer)).name());
      }
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

  private void refuseUnknownChanges() {
    for (int layer = 0; layer < config.layers(); layer++) {
      layer(layer);
      layerChanges(layer);
    }
    ends();
    endChanges();
    adapter.ifPresent(Adapter::refuseUnused);
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

  /** Those of {@link #ends} that come before the first layer. */
  public Map<String, StoredTensor> start() {
    Map<String, StoredTensor> tensors = ends();
    tensors.keySet().removeIf(name -> !isTable(name));
    return tensors;
  }

  /** Those of {@link #ends} that come behind the last layer. */
  public Map<String, StoredTensor> end() {
    Map<String, StoredTensor> tensors = ends();
    tensors.keySet().removeIf(Checkpoint::isTable);
    return tensors;
  }

  /** Whether a weight is a table of embeddings, by the name that the script uses. */
  public static boolean isTable(String name) {
    return name.endsWith("embedding");
  }

  /** What the adapter adds to the weights of a layer, by the same names. */
  public Map<String, LowRank> layerChanges(int layer) {
    return changes(
        config.architecture().layerWeights(config),
        config.architecture().layerPrefixes(layer),
        config.architecture().family().layerLayout());
  }

  /** What the adapter adds to the weights before the first and after the last layer. */
  public Map<String, LowRank> endChanges() {
    return changes(config.architecture().endWeights(config), List.of(""), LowRank.Layout.OUT_IN);
  }

  /** The linear layers that an adapter can change, layer by layer; not the output projection. */
  List<LinearModule> linearModules() {
    List<LinearModule> modules = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      String prefix = config.architecture().layerPrefixes(layer).get(0);
      for (Weight weight : config.architecture().layerWeights(config)) {
        if (weight.shape().size() == 2) {
          String name = moduleOf(weight.name());
          int out = isFanInFanOut() ? 1 : 0;
          modules.add(
              new LinearModule(
                  layer,
                  name,
                  prefix + name,
                  weight.shape().get(1 - out),
                  weight.shape().get(out)));
        }
      }
    }
    return modules;
  }

  /** The weights of the modules whose path ends in a name, as they can be trained whole. */
  List<AdapterLayout.WholeModule> wholeModules(String name) {
    List<AdapterLayout.WholeModule> found = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      List<String> prefixes = config.architecture().layerPrefixes(layer);
      for (Weight weight : config.architecture().layerWeights(config)) {
        String path = prefixes.get(0) + weight.name();
        addIfNamed(found, name, path, layer + "/" + weight.name(), weight, prefixes);
      }
    }
    for (Weight weight : config.architecture().endWeights(config)) {
      // peft's file has the name that was asked for: NeoX's head is embed_out up to version 4 of
      // transformers, lm_head from 5 on.
      String path =
          weight.storedNames().stream()
              .filter(stored -> isModule(stored, name))
              .findFirst()
              .orElse(weight.storedNames().get(0));
      // An embedding comes before the layers; the others behind the last.
      String place = isTable(weight.name()) ? "start/" : "ends/";
      addIfNamed(found, name, path, place + weight.name(), weight, List.of(""));
    }
    return found;
  }

  private void addIfNamed(
      List<AdapterLayout.WholeModule> found,
      String name,
      String path,
      String scriptName,
      Weight weight,
      List<String> prefixes) {
    if (!isModule(path, name)) {
      return;
    }
    if (!isOwn(weight) && config.tiedHead()) {
      throw new CheckpointException(
          String.format(
              "Cannot train modules_to_save %s of %s because its embedding is its output projection"
                  + " too; leave it out",
              name, folder));
    }
    found.add(new AdapterLayout.WholeModule(path, scriptName, find(weight, prefixes)));
  }

  private static boolean isModule(String path, String name) {
    return ("." + moduleOf(path)).endsWith("." + name);
  }

  /** The path of the module that a weight or bias belongs to. */
  private static String moduleOf(String weight) {
    return weight.replaceAll("\\.(weight|bias)$", "");
  }

  /** Whether linear layers are stored as [in, out], which peft calls {@code fan_in_fan_out}. */
  boolean isFanInFanOut() {
    return config.architecture().family().layerLayout() == LowRank.Layout.IN_OUT;
  }

  private Map<String, LowRank> changes(
      List<Weight> weights, List<String> prefixes, LowRank.Layout layout) {
    Map<String, LowRank> changes = new LinkedHashMap<>();
    for (Weight weight : weights) {
      adapter
          .filter(a -> isOwn(weight))
          .flatMap(a -> a.change(names(weight, prefixes), find(weight, prefixes), layout))
          .ifPresent(change -> changes.put(weight.name(), change));
    }
    return changes;
  }

  /** An embedding that is the output projection too cannot be changed in one place only. */
  private boolean isOwn(Weight weight) {
    return !weight.name().equals("embedding")
        && !(weight.name().equals("head") && config.tiedHead());
  }

  private Map<String, StoredTensor> find(List<Weight> weights, List<String> prefixes) {
    Map<String, StoredTensor> found = new LinkedHashMap<>();
    for (Weight weight : weights) {
      StoredTensor tensor = find(weight, prefixes);
      boolean isTied = config.tiedHead() && !isOwn(weight);
      found.put(
          weight.name(),
          adapter
              .filter(a -> !isTied)
              .flatMap(a -> a.replacement(names(weight, prefixes)))
              .map(whole -> checked(whole, weight))
              .orElse(tensor));
    }
    return found;
  }

  private static List<String> names(Weight weight, List<String> prefixes) {
    return prefixes.stream()
        .flatMap(prefix -> weight.storedNames().stream().map(name -> prefix + name))
        .toList();
  }

  private StoredTensor find(Weight weight, List<String> prefixes) {
    for (String name : names(weight, prefixes)) {
      StoredTensor tensor = tensors.get(name);
      if (tensor != null) {
        return checked(tensor, weight);
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
