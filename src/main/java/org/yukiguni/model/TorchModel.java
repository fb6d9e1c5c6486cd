package org.yukiguni.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

  private TorchModel(ModelLimits limits, List<Stage> stages) {
    this.limits = limits;
    this.stages = stages;
    this.manager = stages.get(stages.size() - 1).manager();
    this.sampler = new Sampler(manager, limits.vocabularySize());
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
              stages.stream().allMatch(Stage::sharesPrompts)),
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
  public StepResult run(Step step) {
    int[] samples = step.samples().stream().mapToInt(Step.SampleRow::token).toArray();
    int[] beams = step.beams().stream().mapToInt(Step.BeamRow::token).toArray();
    int[] rows =
        IntStream.concat(Arrays.stream(samples), Arrays.stream(beams))
            .distinct()
            .sorted()
            .toArray();
    try (NDManager scope = manager.newSubManager()) {
      NDArray logits = logits(scope, step, rows);
      StepResult drawn =
          samples.length == 0
              ? new StepResult(new int[0], new float[0], List.of(), List.of())
              : sampler.sample(scope, logits, source(samples, rows), step.samples());
      return beams.length == 0
          ? drawn
          : new StepResult(
              drawn.tokens(),
              drawn.logprobs(),
              drawn.tops(),
              sampler.search(scope, logits, source(beams, rows), step.beams()));
    } catch (EngineException e) {
      throw DeviceErrors.rethrow(e);
    }
  }

  private static long[] source(int[] tokens, int[] rows) {
    return Arrays.stream(tokens).mapToLong(t -> Arrays.binarySearch(rows, t)).toArray();
  }

  /**
   * Runs a step up to the logits.
   *
   * @param scope owns the result
   * @param rows indices of the step's tokens, [S]
   * @return [S, V]
   */
  NDArray logits(NDManager scope, Step step, int[] rows) {
    if (preparedThread != Thread.currentThread()) {
      ScriptModule.prepareThread();
      preparedThread = Thread.currentThread();
    }
    stages.forEach(stage -> stage.apply(step.cacheOps()));
    if (stages.size() == 1) {
      return stages.get(0).forward(scope, step, rows);
    }
    NDArray x = stages.get(0).embed(scope, step);
    for (Stage stage : stages) {
      x = stage.through(scope, x, step);
    }
    return stages.get(stages.size() - 1).logits(scope, x, rows);
  }

  NDManager newScope() {
    return manager.newSubManager();
  }

  @Override
  public void clearCache() {
    stages.forEach(Stage::clearCache);
  }

  @Override
  public void close() {
    sampler.close();
    stages.forEach(Stage::close);
  }
}
