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
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.LowRank;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.checkpoint.StoredTensor;
import org.yukiguni.checkpoint.StoredType;
import org.yukiguni.script.ScriptModule;

/** Brings a checkpoint's weights into its script, layer by layer, from mapped files. */
final class Weights {
  private final NDManager manager;

  /** The mappings that tensors without a copy lie in. */
  private final List<ByteBuffer> mapped = new ArrayList<>();

  private final ScriptModule merger;

  private Weights(NDManager manager, ScriptModule merger) {
    this.manager = manager;
    this.merger = merger;
  }

  /**
   * Loads all weights.
   *
   * @return what must be kept for as long as the module is used
   */
  static List<ByteBuffer> load(Checkpoint checkpoint, ScriptModule module, NDManager manager) {
    ModelConfig c = checkpoint.config();
    module.run("configure", c.architecture().scriptArguments(c).toArray());
    try (ScriptModule merger = ScriptModule.compile(manager, "lora", List.of("lora.py"))) {
      Weights weights = new Weights(manager, merger);
      // One layer at a time: a converted or packed copy is all that stays of it.
      for (int layer = 0; layer < c.layers(); layer++) {
        weights.pass(checkpoint.layer(layer), checkpoint.layerChanges(layer), module, "add_layer");
      }
      weights.pass(checkpoint.ends(), checkpoint.endChanges(), module, "add_ends");
      return weights.mapped;
    }
  }

  private void pass(
      Map<String, StoredTensor> stored,
      Map<String, LowRank> changes,
      ScriptModule module,
      String method) {
    try (NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> tensors = new HashMap<>();
      stored.forEach((name, tensor) -> tensors.put(name, tensor(scope, tensor)));
      changes.forEach(
          (name, change) -> tensors.put(name, merged(scope, tensors.get(name), change)));
      module.run(method, tensors);
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
    if (stored.storedType() == StoredType.F32) {
      ByteBuffer buffer = stored.map();
      mapped.add(buffer);
      return tensor(scope, stored, buffer);
    }
    // The others are converted anyway. Read, their bytes are freed with the scope; a mapping stays
    // until the garbage collector comes, and all that was touched of it counts as resident.
    Shape shape = shape(stored);
    NDArray halves = scope.create(shape, DataType.FLOAT16);
    ByteBuffer buffer = bytes(halves);
    stored.read(buffer);
    return stored.storedType() == StoredType.F16 ? halves : widened(scope, buffer.rewind(), shape);
  }

  private static Shape shape(StoredTensor stored) {
    return new Shape(stored.shape().stream().mapToLong(Long::longValue).toArray());
  }

  /** The memory of a tensor. */
  private static ByteBuffer bytes(NDArray tensor) {
    return ((PtNDArray) tensor).toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A tensor on the bytes of a file; only bfloat16 is copied, the others need the buffer for as
   * long as they are used.
   */
  static NDArray tensor(NDManager scope, StoredTensor stored, ByteBuffer buffer) {
    Shape shape = shape(stored);
    return switch (stored.storedType()) {
      case F32 -> scope.create(buffer, shape, DataType.FLOAT32);
      case F16 -> scope.create(buffer, shape, DataType.FLOAT16);
      case BF16 -> widened(scope, buffer, shape);
    };
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
