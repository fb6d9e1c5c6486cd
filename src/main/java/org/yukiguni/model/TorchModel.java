package org.yukiguni.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.LanguageModel;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.StepResult;
import org.yukiguni.script.ScriptModule;

/** A checkpoint on a device, run by libtorch. */
public final class TorchModel implements LanguageModel {
  private final ModelConfig config;
  private final NDManager manager;
  private final ScriptModule module;
  private final KvCache cache;
  private final Sampler sampler;

  /** Kept because weights without a copy lie in these mappings. */
  @SuppressWarnings("UnusedVariable")
  private final List<ByteBuffer> mapped;

  private Thread preparedThread;

  private TorchModel(
      ModelConfig config, NDManager manager, ScriptModule module, List<ByteBuffer> mapped) {
    this.config = config;
    this.manager = manager;
    this.module = module;
    this.mapped = mapped;
    this.cache = new KvCache(manager, config);
    this.sampler = new Sampler(manager, config.vocabularySize());
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
    return open(folder, adapter, options, ModelScripts.Linear.best(options));
  }

  static TorchModel open(
      Path folder, Optional<Path> adapter, ModelOptions options, ModelScripts.Linear linear) {
    Checkpoint checkpoint = Checkpoint.open(folder, adapter);
    ModelConfig config = checkpoint.config();
    NDManager manager = TorchRuntime.newManager(options);
    try {
      ScriptModule module =
          ScriptModule.compile(
              manager,
              config.architecture().scriptName(),
              ModelScripts.architecture(config.architecture(), linear));
      return new TorchModel(config, manager, module, Weights.load(checkpoint, module, manager));
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  @Override
  public ModelLimits limits() {
    return new ModelLimits(
        config.contextLength(), config.vocabularySize(), KvCache.bytesPerToken(config));
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
    step.cacheOps().forEach(cache::apply);
    List<NDArray> keys = new ArrayList<>();
    List<NDArray> values = new ArrayList<>();
    long[] groups = new long[2 * step.groups().size()];
    for (int g = 0; g < step.groups().size(); g++) {
      Step.DecodeGroup group = step.groups().get(g);
      add(group.block(), keys, values);
      groups[2 * g] = group.sequences();
      groups[2 * g + 1] = group.keyLength();
    }
    long[] chunks = new long[3 * step.prefills().size()];
    for (int c = 0; c < step.prefills().size(); c++) {
      Step.PrefillChunk chunk = step.prefills().get(c);
      add(chunk.block(), keys, values);
      chunks[3 * c] = chunk.row();
      chunks[3 * c + 1] = chunk.start();
      chunks[3 * c + 2] = chunk.length();
    }
    return module.tensor(
        scope,
        "forward",
        longs(scope, step.tokens()),
        longs(scope, step.positions()),
        keys,
        values,
        groups,
        chunks,
        longs(scope, rows));
  }

  private void add(int block, List<NDArray> keys, List<NDArray> values) {
    KvCache.Block tensors = cache.block(block);
    keys.add(tensors.keys());
    values.add(tensors.values());
  }

  private static NDArray longs(NDManager scope, int[] values) {
    return scope.create(Arrays.stream(values).asLongStream().toArray());
  }

  NDManager newScope() {
    return manager.newSubManager();
  }

  @Override
  public void clearCache() {
    cache.clear();
  }

  @Override
  public void close() {
    sampler.close();
    cache.close();
    module.close();
    manager.close();
  }
}
