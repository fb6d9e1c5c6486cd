package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.util.List;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.Step;
import org.yukiguni.script.ScriptModule;

/** Consecutive layers of a model on one device, with their part of the KV cache. */
final class Stage implements AutoCloseable {
  private final NDManager manager;
  private final Placement placement;
  private final ScriptModule module;
  private final Upload.Sender sender;
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
    this.placement = placement;
    this.sender = new Upload.Sender(manager, placement.device());
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
   * What these layers take of a step.
   *
   * @param upload brings the parts here, and whatever else is added before it is sent
   */
  record Input(
      Upload upload,
      Upload.Part tokens,
      Upload.Part positions,
      Upload.Part rows,
      KvCache.View view) {}

  /**
   * Takes up a step.
   *
   * @param rows indices of the step's tokens whose logits are wanted, [S]
   */
  Input take(Step step, int[] rows) {
    Upload upload = new Upload();
    return new Input(
        upload,
        upload.add(step.tokens()),
        upload.add(step.positions()),
        upload.add(rows),
        cache.view(step, upload));
  }

  /** The way of uploads to these layers. */
  Upload.Sender sender() {
    return sender;
  }

  /**
   * Runs a step through a model that is this stage alone.
   *
   * @param scope owns the result
   * @return logits [S, V]
   */
  NDArray forward(NDManager scope, Input input) {
    return module.tensor(
        scope,
        "forward",
        input.tokens.tensor(),
        input.positions.tensor(),
        input.view.cache(),
        input.view.layout(),
        input.rows.tensor());
  }

  /** The step's tokens as the first layer takes them, [T, C]; for the first stage. */
  NDArray embed(NDManager scope, Input input) {
    return module.tensor(scope, "embed", input.tokens.tensor(), input.positions.tensor());
  }

  /**
   * Runs a step through these layers.
   *
   * @param x [T, C], on any device
   * @return [T, C] on this one
   */
  NDArray through(NDManager scope, NDArray x, Input input) {
    return module.tensor(
        scope,
        "through",
        placement.place(scope, x),
        input.positions.tensor(),
        input.view.cache(),
        input.view.layout());
  }

  /**
   * The logits of some tokens, [S, V]; for the last stage.
   *
   * @param x [T, C]
   */
  NDArray logits(NDManager scope, NDArray x, Input input) {
    return module.tensor(scope, "finish", x, input.rows.tensor());
  }

  @Override
  public void close() {
    cache.close();
    sender.close();
    module.close();
    placement.close();
    manager.close();
  }
}
