package org.yukiguni.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.LanguageModel;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.StepResult;
import org.yukiguni.script.ScriptModule;

/** A checkpoint on a device, or its layers spread over several, run by libtorch. */
public final class TorchModel implements LanguageModel {
  private final ModelLimits limits;
  private final List<Stage> stages;

  /** Of the last stage. */
  private final NDManager manager;

  private final Sampler sampler;
  private Thread preparedThread;
  private Running running;

  /** A step that was started and is not finished. */
  private record Running(NDManager scope, Sampler.Draws draws) {}

  private TorchModel(ModelLimits limits, List<Stage> stages) {
    this.limits = limits;
    this.stages = stages;
    Stage last = stages.get(stages.size() - 1);
    this.manager = last.manager();
    this.sampler = new Sampler(manager, last.sender(), limits.vocabularySize());
  }

  /**
   * Loads a model folder.
   *
   * @throws org.yukiguni.checkpoint.CheckpointException if a file is missing, damaged or asks for
   *     something that is not supported
   */
  public static TorchModel open(Path folder, ModelOptions options) {
    return open(folder, Optional.empty(), options);
  }

  /**
   * Loads a model folder with a LoRA adapter merged into its weights.
   *
   * @param adapter folder as peft writes it
   */
  public static TorchModel open(Path folder, Optional<Path> adapter, ModelOptions options) {
    int layers = Checkpoint.readConfig(folder).layers();
    DeviceMap map = DeviceMap.whole(options.device(), options.precision(), layers);
    return open(folder, adapter, options, map, () -> {});
  }

  /**
   * The same on the devices of a map instead of the options'.
   *
   * @param map must have a place for every layer
   * @param layerLoaded is run after each layer, for whoever waits for many
   */
  public static TorchModel open(
      Path folder,
      Optional<Path> adapter,
      ModelOptions options,
      DeviceMap map,
      Runnable layerLoaded) {
    return open(folder, adapter, options, map, ModelScripts.Kernels::best, layerLoaded);
  }

  static TorchModel open(
      Path folder,
      Optional<Path> adapter,
      ModelOptions options,
      DeviceMap map,
      Function<ModelOptions, ModelScripts.Kernels> kernels,
      Runnable layerLoaded) {
    Checkpoint checkpoint = Checkpoint.open(folder, adapter);
    return TorchRuntime.onPassingThread(() -> load(checkpoint, options, map, kernels, layerLoaded));
  }

  private static TorchModel load(
      Checkpoint checkpoint,
      ModelOptions options,
      DeviceMap map,
      Function<ModelOptions, ModelScripts.Kernels> kernels,
      Runnable layerLoaded) {
    ModelConfig config = checkpoint.config();
    List<Stage> stages = new ArrayList<>();
    long kvBytes = 0;
    try {
      for (Weights.Slice slice : Weights.Slice.of(map, config)) {
        ModelOptions here = options.on(map.parts().get(stages.size()));
        stages.add(Stage.load(checkpoint, slice, here, kernels.apply(here), layerLoaded));
        kvBytes += slice.numLayers() * KvCache.bytesPerToken(config, here.precision());
      }
      return new TorchModel(
          new ModelLimits(
              config.contextLength(),
              config.vocabularySize(),
              kvBytes,
              stages.stream().allMatch(Stage::sharesPrompts),
              map.parts().stream().noneMatch(part -> part.device().equals("cpu"))),
          stages);
    } catch (RuntimeException e) {
      stages.forEach(Stage::close);
      throw e;
    }
  }

  @Override
  public ModelLimits limits() {
    return limits;
  }

  /**
   * Takes the memory for keys and values where all of it is taken at once, which is on GPUs; to be
   * called once, before the first step.
   *
   * @param kvBytes the engine's limit
   */
  public void reserve(long kvBytes) {
    stages.forEach(stage -> stage.reserve(kvBytes / limits.kvBytesPerToken()));
  }

  @Override
  public void start(Step step) {
    int[] rows =
        IntStream.concat(
                step.samples().stream().mapToInt(Step.SampleRow::token),
                step.beams().stream().mapToInt(Step.BeamRow::token))
            .distinct()
            .sorted()
            .toArray();
    NDManager scope = manager.newSubManager();
    try {
      List<Stage.Input> inputs = take(step, rows);
      Upload last = inputs.get(inputs.size() - 1).upload();
      Sampler.Draws draws = sampler.new Draws(last, rows, step.samples(), step.beams());
      draws.start(scope, compute(scope, inputs));
      running = new Running(scope, draws);
    } catch (EngineException e) {
      scope.close();
      throw DeviceErrors.rethrow(e);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Applies a step's changes of the cache, and takes it up. */
  private List<Stage.Input> take(Step step, int[] rows) {
    if (preparedThread != Thread.currentThread()) {
      ScriptModule.prepareThread();
      preparedThread = Thread.currentThread();
    }
    stages.forEach(stage -> stage.apply(step.cacheOps()));
    return stages.stream().map(stage -> stage.take(step, rows)).toList();
  }

  /** Up to the logits, [S, V]. */
  private NDArray compute(NDManager scope, List<Stage.Input> inputs) {
    for (int i = 0; i < stages.size(); i++) {
      inputs.get(i).upload().send(stages.get(i).sender(), scope);
    }
    if (stages.size() == 1) {
      return stages.get(0).forward(scope, inputs.get(0));
    }
    NDArray x = stages.get(0).embed(scope, inputs.get(0));
    for (int i = 0; i < stages.size(); i++) {
      x = stages.get(i).through(scope, x, inputs.get(i));
    }
    int last = stages.size() - 1;
    return stages.get(last).logits(scope, x, inputs.get(last));
  }

  @Override
  public StepResult finish() {
    try (NDManager scope = running.scope) {
      return running.draws.finish(scope);
    } catch (EngineException e) {
      throw DeviceErrors.rethrow(e);
    } finally {
      running = null;
    }
  }

  /**
   * Runs a step up to the logits.
   *
   * @param scope owns the result
   * @param rows indices of the step's tokens, [S]
   * @return [S, V]
   */
  NDArray logits(NDManager scope, Step step, int[] rows) {
    return compute(scope, take(step, rows));
  }

  NDManager newScope() {
    return manager.newSubManager();
  }

  @Override
  public void clearCache() {
    dropRunning();
    stages.forEach(Stage::clearCache);
  }

  private void dropRunning() {
    if (running != null) {
      running.scope.close();
      running = null;
    }
  }

  @Override
  public void close() {
    dropRunning();
    sampler.close();
    stages.forEach(Stage::close);
  }
}
