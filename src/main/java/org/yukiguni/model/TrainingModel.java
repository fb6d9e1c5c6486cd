package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.checkpoint.AdapterLayout.Kind;
import org.yukiguni.checkpoint.AdapterLayout.Slot;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.checkpoint.StoredTensor;
import org.yukiguni.engine.CounterRandom;
import org.yukiguni.script.ScriptModule;

/**
 * A checkpoint that gives gradients. Its weights are frozen and stay as they are stored, mapped
 * from their files; a layer is converted to float32 when it is needed. Several threads may use it
 * at once.
 */
public final class TrainingModel implements AutoCloseable {
  private final ModelConfig config;
  private final AdapterLayout layout;
  private final ModelOptions options;
  private final TrainingOptions training;
  private final NDManager manager;
  private final Map<String, NDArray> stored = new HashMap<>();

  /** Kept because the stored tensors lie in these mappings. */
  @SuppressWarnings("MismatchedQueryAndUpdateOfCollection")
  private final List<ByteBuffer> mapped = new ArrayList<>();

  private final Map<String, NDArray> settings;

  /** A script keeps the ends of the model while it runs, so each thread needs one of its own. */
  private final ConcurrentLinkedQueue<ScriptModule> idle = new ConcurrentLinkedQueue<>();

  private TrainingModel(
      Checkpoint checkpoint, AdapterLayout layout, ModelOptions options, TrainingOptions training) {
    this.training = training;
    this.config = checkpoint.config();
    this.layout = layout;
    this.options = options;
    this.manager = TorchRuntime.newManager(options);
    this.settings = settings();
    for (int layer = 0; layer < config.layers(); layer++) {
      store(layer + "/", checkpoint.layer(layer));
    }
    store("ends/", checkpoint.ends());
  }

  /**
   * Opens a model folder.
   *
   * @param layout of what is trained, made for the same folder
   */
  public static TrainingModel open(
      Path folder, AdapterLayout layout, ModelOptions options, TrainingOptions training) {
    return new TrainingModel(Checkpoint.open(folder), layout, options, training);
  }

  private void store(String prefix, Map<String, StoredTensor> tensors) {
    for (Map.Entry<String, StoredTensor> entry : tensors.entrySet()) {
      ByteBuffer buffer = entry.getValue().map();
      mapped.add(buffer);
      stored.put(prefix + entry.getKey(), tensor(entry.getValue(), buffer));
    }
  }

  /** A tensor on a buffer; bfloat16 as its bytes, see {@code weights.py}. */
  private NDArray tensor(StoredTensor stored, ByteBuffer buffer) {
    long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
    return switch (stored.storedType()) {
      case F32 -> manager.create(buffer, new Shape(shape), DataType.FLOAT32);
      case F16 -> manager.create(buffer, new Shape(shape), DataType.FLOAT16);
      case BF16 -> {
        shape[shape.length - 1] *= 2;
        yield manager.create(buffer, new Shape(shape), DataType.UINT8);
      }
    };
  }

  /** For each changed linear layer: scale, number, dropout. */
  private Map<String, NDArray> settings() {
    Map<String, NDArray> tensors = new HashMap<>();
    for (Slot slot : layout.slots()) {
      if (slot.kind() == Kind.LORA_A) {
        double[] numbers = {layout.config().scale(), slot.module(), layout.config().loraDropout()};
        tensors.put(slot.moduleName() + ".lora", manager.create(numbers));
      }
    }
    return tensors;
  }

  /**
   * Computes the losses of rows and their gradients.
   *
   * @param parameters in the layout's order
   * @param rows go through the model together, without padding
   * @param scale factor of the sum of the losses; 0 for no gradients
   * @param dropoutKeys for each row the key of its random numbers, see {@link CounterRandom}; empty
   *     for no dropout
   */
  public Gradients gradients(
      float[] parameters, List<TrainingRow> rows, double scale, long[] dropoutKeys) {
    TorchRuntime.setThreads(options.threads());
    ScriptModule.prepareThread();
    ScriptModule module = idle.poll();
    if (module == null) {
      module = compile();
    }
    try (NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> values = new HashMap<>();
      for (Slot slot : layout.slots()) {
        float[] part = Arrays.copyOfRange(parameters, slot.offset(), slot.offset() + slot.size());
        values.put(slot.name(), scope.create(part, shape(slot)));
      }
      Map<String, NDArray> batch = batch(scope, rows, scale, dropoutKeys);
      return result(
          module.differentiate(scope, "gradients", List.of(stored, values, settings, batch)));
    } finally {
      idle.add(module);
    }
  }

  private ScriptModule compile() {
    ScriptModule module =
        ScriptModule.compile(
            manager,
            config.architecture().scriptName(),
            ModelScripts.training(config.architecture()));
    List<Object> arguments = new ArrayList<>(List.of(options.device()));
    arguments.addAll(config.architecture().scriptArguments(config));
    module.run("configure", arguments.toArray());
    return module;
  }

  private Gradients result(Map<String, NDArray> tensors) {
    boolean hasGradients = tensors.size() > 1;
    float[] gradient = new float[hasGradients ? layout.size() : 0];
    for (Slot slot : hasGradients ? layout.slots() : List.<Slot>of()) {
      float[] part = tensors.get(slot.name()).toFloatArray();
      System.arraycopy(part, 0, gradient, slot.offset(), part.length);
    }
    return new Gradients(gradient, tensors.get("losses").toDoubleArray());
  }

  private Map<String, NDArray> batch(
      NDManager scope, List<TrainingRow> rows, double scale, long[] dropoutKeys) {
    int total = rows.stream().mapToInt(row -> row.tokens().length).sum();
    long[] ids = new long[total];
    long[] targets = new long[total];
    long[] rowOf = new long[total];
    long[] dropout = new long[dropoutKeys.length == 0 ? 0 : total];
    long[] lengths = new long[rows.size()];
    int t = 0;
    for (int r = 0; r < rows.size(); r++) {
      int[] tokens = rows.get(r).tokens();
      boolean[] isTarget = rows.get(r).isTarget();
      lengths[r] = tokens.length;
      for (int i = 0; i < tokens.length; i++, t++) {
        ids[t] = tokens[i];
        boolean predicts = i + 1 < tokens.length && isTarget[i + 1];
        targets[t] = predicts ? tokens[i + 1] : -1;
        rowOf[t] = r;
        if (dropout.length > 0) {
          dropout[t] = CounterRandom.bits(dropoutKeys[r], i);
        }
      }
    }
    boolean recompute = training.memory() == TrainingOptions.Memory.RECOMPUTE;
    boolean rounds = training.products() == TrainingOptions.Products.BFLOAT16;
    return Map.of(
        "ids", scope.create(ids),
        "targets", scope.create(targets),
        "rows", scope.create(rowOf),
        "dropout", scope.create(dropout),
        "lengths", scope.create(lengths),
        "scale", scope.create(new float[] {(float) scale}),
        "recompute", scope.create(new long[] {recompute ? 1 : 0}),
        "bfloat16", scope.create(new long[] {rounds ? 1 : 0}));
  }

  private static Shape shape(Slot slot) {
    return new Shape(slot.shape().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public void close() {
    idle.forEach(ScriptModule::close);
    manager.close();
  }
}
