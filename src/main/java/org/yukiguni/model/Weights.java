package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.LowRank;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.checkpoint.StoredTensor;
import org.yukiguni.checkpoint.StoredType;
import org.yukiguni.script.ScriptModule;

/** Brings a checkpoint's weights into its script, layer by layer, from mapped files. */
final class Weights {
  /** Weights are read on the host, whatever device they are for. */
  private final NDManager host;

  private final Placement placement;

  /** The mappings that tensors without a copy lie in. */
  private final List<ByteBuffer> mapped = new ArrayList<>();

  private final ScriptModule merger;

  private Weights(NDManager host, Placement placement, ScriptModule merger) {
    this.host = host;
    this.placement = placement;
    this.merger = merger;
  }

  /**
   * Layers that belong to one module.
   *
   * @param from number of the first one
   * @param to number of the first one behind them
   * @param hasStart whether the embeddings belong to it
   * @param hasEnd whether the last norm and the output projection do
   */
  record Slice(int from, int to, boolean hasStart, boolean hasEnd) {
    static List<Slice> of(DeviceMap map, ModelConfig config) {
      List<Slice> slices = new ArrayList<>();
      int from = 0;
      int last = map.parts().size() - 1;
      for (int i = 0; i <= last; i++) {
        int to = from + map.parts().get(i).layers();
        slices.add(new Slice(from, to, i == 0, i == last));
        from = to;
      }
      if (from != config.layers()) {
        throw new IllegalArgumentException(
            "the map has a place for %d layers of %d".formatted(from, config.layers()));
      }
      return slices;
    }

    int numLayers() {
      return to - from;
    }
  }

  /**
   * Loads the weights of some layers.
   *
   * @param layerLoaded is run after each
   * @return what must be kept for as long as the module is used
   */
  static List<ByteBuffer> load(
      Checkpoint checkpoint,
      Slice slice,
      ScriptModule module,
      Placement placement,
      Runnable layerLoaded) {
    ModelConfig c = checkpoint.config();
    List<Object> arguments = new ArrayList<>(List.of(placement.device()));
    arguments.addAll(c.architecture().scriptArguments(c));
    module.run("configure", arguments.toArray());
    try (NDManager host = TorchRuntime.newHostManager();
        ScriptModule merger = ScriptModule.compile(host, "lora", List.of("lora.py"))) {
      Weights weights = new Weights(host, placement, merger);
      // One layer at a time: a converted or packed copy is all that stays of it.
      for (int i = slice.from; i < slice.to; i++) {
        int layer = i;
        weights.pass(
            checkpoint.layer(layer),
            checkpoint.layerChanges(layer),
            tensors -> module.run("add_layer", tensors, layer));
        layerLoaded.run();
      }
      if (slice.hasStart) {
        weights.pass(
            checkpoint.start(),
            checkpoint.endChanges(),
            tensors -> module.run("add_start", tensors));
      }
      if (slice.hasEnd) {
        weights.pass(
            checkpoint.end(), checkpoint.endChanges(), tensors -> module.run("add_end", tensors));
      }
      return weights.mapped;
    }
  }

  private void pass(
      Map<String, StoredTensor> stored,
      Map<String, LowRank> changes,
      Consumer<Map<String, NDArray>> module) {
    try (NDManager scope = host.newSubManager()) {
      Map<String, NDArray> tensors = new HashMap<>();
      stored.forEach(
          (name, tensor) -> {
            NDArray weight = tensor(scope, tensor);
            LowRank change = changes.get(name);
            weight = change == null ? weight : merged(scope, weight, change);
            tensors.put(name, placement.place(scope, weight));
          });
      module.accept(tensors);
    }
  }

  private NDArray merged(NDManager scope, NDArray weight, LowRank change) {
    return merger.tensor(
        scope,
        "merge",
        weight,
        tensor(scope, change.a()),
        tensor(scope, change.b()),
        change.scale(),
        change.layout() == LowRank.Layout.IN_OUT);
  }

  private NDArray tensor(NDManager scope, StoredTensor stored) {
    Shape shape = new Shape(stored.shape().stream().mapToLong(Long::longValue).toArray());
    if (stored.storedType() == StoredType.F32) {
      ByteBuffer buffer = stored.map();
      mapped.add(buffer);
      return scope.create(buffer, shape, DataType.FLOAT32);
    }
    // The others are converted anyway. Read, their bytes are freed with the scope; a mapping stays
    // until the garbage collector comes, and all that was touched of it counts as resident.
    NDArray halves = scope.create(shape, DataType.FLOAT16);
    ByteBuffer buffer = bytes(halves);
    stored.read(buffer);
    return stored.storedType() == StoredType.F16 ? halves : widened(scope, buffer.rewind(), shape);
  }

  /** The memory of a tensor. */
  private static ByteBuffer bytes(NDArray tensor) {
    return ((PtNDArray) tensor).toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * bfloat16 as float32: the same bits with 16 zeros behind them. Done here because DJL 0.35.1
   * aborts the process when asked for a bfloat16 tensor.
   */
  private static NDArray widened(NDManager scope, ByteBuffer stored, Shape shape) {
    NDArray tensor = scope.create(shape, DataType.FLOAT32);
    IntBuffer to = bytes(tensor).asIntBuffer();
    ShortBuffer from = stored.asShortBuffer();
    for (int i = 0; i < from.limit(); i++) {
      to.put(i, from.get(i) << 16);
    }
    return tensor;
  }
}
