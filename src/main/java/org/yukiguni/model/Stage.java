package org.yukiguni.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.Step;
import org.yukiguni.script.ScriptModule;

/** Consecutive layers of a model on one device, with their part of the KV cache. */
final class Stage implements AutoCloseable {
  private final NDManager manager;
  private final Device device;
  private final Placement placement;
  private final ScriptModule module;
  private final KvCache cache;
  private final boolean sharesPrompts;

  /** Kept because weights without a copy lie in these mappings. */
  @SuppressWarnings("UnusedVariable")
  private final List<ByteBuffer> mapped;

  private Stage(
      NDManager manager,
      Placement placement,
      ScriptModule module,
      KvCache cache,
      boolean sharesPrompts,
      List<ByteBuffer> mapped) {
    this.manager = manager;
    this.device = manager.getDevice();
    this.placement = placement;
    this.module = module;
    this.cache = cache;
    this.sharesPrompts = sharesPrompts;
    this.mapped = mapped;
  }

  /**
   * Loads layers.
   *
   * @param layerLoaded is run after each
   */
  static Stage load(
      Checkpoint checkpoint,
      Weights.Slice slice,
      ModelOptions options,
      ModelScripts.Kernels kernels,
      Runnable layerLoaded) {
    ModelConfig config = checkpoint.config();
    NDManager manager = TorchRuntime.newManager(options);
    try {
      ScriptModule module =
          ScriptModule.compile(
              manager,
              config.architecture().scriptName(),
              ModelScripts.architecture(config.architecture(), kernels));
      Placement placement = new Placement(manager, options);
      List<ByteBuffer> mapped = Weights.load(checkpoint, slice, module, placement, layerLoaded);
      KvCache cache =
          kernels.attention().isFlat()
              ? new FlatCache(manager, config, slice.numLayers(), options)
              : new BlockCache(manager, config, slice.numLayers());
      // What a window hides of a prompt is another part for each of its completions.
      boolean sharesPrompts =
          cache instanceof FlatCache
              && config.attention().windows().stream().allMatch(window -> window == 0);
      return new Stage(manager, placement, module, cache, sharesPrompts, mapped);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  NDManager manager() {
    return manager;
  }

  /** Whether several sequences can read a prompt's keys and values where they are. */
  boolean sharesPrompts() {
    return sharesPrompts;
  }

  /** Takes the memory for keys and values where all of it is taken at once. */
  void reserve(long tokens) {
    if (cache instanceof FlatCache flat) {
      flat.reserve(tokens);
    }
  }

  void apply(List<Step.CacheOp> ops) {
    ops.forEach(cache::apply);
  }

  void clearCache() {
    cache.clear();
  }

  /**
   * Runs a step through a model that is this stage alone.
   *
   * @param scope owns the result
   * @param rows indices of the step's tokens, [S]
   * @return logits [S, V]
   */
  NDArray forward(NDManager scope, Step step, int[] rows) {
    KvCache.View view = cache.view(step);
    return module.tensor(
        scope,
        "forward",
        longs(scope, step.tokens()),
        longs(scope, step.positions()),
        view.keys(),
        view.values(),
        view.groups(),
        view.chunks(),
        longs(scope, rows));
  }

  /** The step's tokens as the first layer takes them, [T, C]; for the first stage. */
  NDArray embed(NDManager scope, Step step) {
    return module.tensor(
        scope, "embed", longs(scope, step.tokens()), longs(scope, step.positions()));
  }

  /**
   * Runs a step through these layers.
   *
   * @param x [T, C], on any device
   * @return [T, C] on this one
   */
  NDArray through(NDManager scope, NDArray x, Step step) {
    KvCache.View view = cache.view(step);
    return module.tensor(
        scope,
        "through",
        placement.place(scope, x),
        longs(scope, step.positions()),
        view.keys(),
        view.values(),
        view.groups(),
        view.chunks());
  }

  /**
   * The logits of some tokens, [S, V]; for the last stage.
   *
   * @param x [T, C]
   */
  NDArray logits(NDManager scope, NDArray x, int[] rows) {
    return module.tensor(scope, "finish", x, longs(scope, rows));
  }

  private NDArray longs(NDManager scope, int[] values) {
    NDManager here = scope.getDevice().equals(device) ? scope : scope.newSubManager(device);
    return here.create(Arrays.stream(values).asLongStream().toArray());
  }

  @Override
  public void close() {
    cache.close();
    module.close();
    placement.close();
    manager.close();
  }
}
