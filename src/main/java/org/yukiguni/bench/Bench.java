package org.yukiguni.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.yukiguni.checkpoint.Architecture;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.checkpoint.Weight;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.GenerationRequest;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;
import org.yukiguni.model.Machine;
import org.yukiguni.model.ModelOptions;
import org.yukiguni.model.TorchModel;

/**
 * Times a model through the engine that jobs use. Prompts are random tokens, nothing ends a
 * completion but its length, and each run starts with all prompts waiting.
 */
public final class Bench implements AutoCloseable {
  /** As jobs have it by default. */
  private static final int CPU_STEP_TOKENS = 512;

  private static final int GPU_STEP_TOKENS = 4096;

  private final Engine engine;
  private final ModelLimits limits;
  private final Sampling sampling;
  private final long linearWeights;
  private final int bytesPerWeight;
  private final Random random = new Random(0);
  private int requests;

  private Bench(
      Engine engine, ModelLimits limits, Sampling sampling, long linearWeights, int bytes) {
    this.engine = engine;
    this.limits = limits;
    this.sampling = sampling;
    this.linearWeights = linearWeights;
    this.bytesPerWeight = bytes;
  }

  /**
   * Loads a model.
   *
   * @param kvBytes for keys and values; more where one row needs more
   */
  public static Bench open(
      Path folder, ModelOptions options, int maxSequences, long kvBytes, Sampling sampling) {
    TorchModel model = TorchModel.open(folder, options);
    long least = EngineLimits.leastKvBytes(model.limits());
    int stepTokens = options.device().equals("cpu") ? CPU_STEP_TOKENS : GPU_STEP_TOKENS;
    EngineLimits limits = new EngineLimits(maxSequences, stepTokens, Math.max(least, kvBytes));
    model.reserve(limits.kvBytes());
    return new Bench(
        new Engine("bench", model, limits, Clock.SYSTEM),
        model.limits(),
        sampling,
        linearWeights(Checkpoint.readConfig(folder)),
        switch (options.weights()) {
          case FLOAT32 -> options.precision().bytes();
          case INT8 -> Byte.BYTES;
        });
  }

  /** How many weights a token is multiplied with. */
  private static long linearWeights(ModelConfig config) {
    Architecture architecture = config.architecture();
    return config.layers() * matrices(architecture.layerWeights(config))
        + (long) config.vocabularySize() * config.width();
  }

  private static long matrices(List<Weight> weights) {
    return weights.stream()
        .filter(weight -> weight.shape().size() == 2)
        .mapToLong(weight -> weight.shape().get(0) * weight.shape().get(1))
        .sum();
  }

  /** Runs a workload some times, after a short run to warm up. */
  public Timed time(Workload workload, int runs) {
    run(workload.withNewTokens(2));
    double prefill = Double.MAX_VALUE;
    double total = Double.MAX_VALUE;
    double firstToken = Double.MAX_VALUE;
    for (int i = 0; i < runs; i++) {
      prefill = Math.min(prefill, run(workload.withNewTokens(1)).seconds);
      Run whole = run(workload);
      total = Math.min(total, whole.seconds);
      firstToken = Math.min(firstToken, whole.firstTokenMs);
    }
    return new Timed(workload, prefill, total, firstToken);
  }

  private record Run(double seconds, double firstTokenMs) {}

  private Run run(Workload workload) {
    GenerationConfig config =
        new GenerationConfig(
            sampling,
            Penalties.NONE,
            Constraints.NONE,
            OptionalInt.of(workload.newTokens()),
            OptionalInt.empty(),
            0,
            0,
            workload.perPrompt(),
            0,
            List.of(),
            List.of(),
            Beams.NONE,
            OptionalInt.empty());
    LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    int[] common = randomTokens(workload.commonTokens()).toArray();
    long start = System.nanoTime();
    for (int i = 0; i < workload.prompts(); i++) {
      int own = workload.promptTokens() - workload.commonTokens();
      int[] prompt = IntStream.concat(Arrays.stream(common), randomTokens(own)).toArray();
      String id = Integer.toString(requests++);
      engine.submit(new GenerationRequest(id, prompt, config, Optional.empty()), outcomes::add);
    }
    double firstToken = Double.MAX_VALUE;
    for (int i = 0; i < workload.batch(); i++) {
      firstToken = Math.min(firstToken, take(outcomes).timing().firstTokenMs());
    }
    return new Run((System.nanoTime() - start) / 1e9, firstToken);
  }

  /** Other ones each time. */
  private IntStream randomTokens(int number) {
    return random.ints(number, 0, limits.vocabularySize());
  }

  private static Outcome take(LinkedBlockingQueue<Outcome> outcomes) {
    try {
      Outcome outcome = outcomes.take();
      if (outcome instanceof Outcome.Failure failure) {
        throw new IllegalStateException(failure.message());
      }
      return outcome;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * The share of a decoding step that the machine's limit would take: the time to read the weights
   * and the keys and values that are attended to, or to multiply, whichever is more.
   */
  public double roofline(Timed timed, Machine machine) {
    Workload w = timed.workload();
    double keys = w.promptTokens() + w.newTokens() / 2.;
    double bytes =
        (double) bytesPerWeight * linearWeights + w.batch() * keys * limits.kvBytesPerToken();
    double operations = 2. * linearWeights * w.batch();
    double floor =
        Math.max(bytes / machine.bytesPerSecond(), operations / machine.operationsPerSecond());
    return floor / timed.stepSeconds();
  }

  @Override
  public void close() {
    engine.close();
  }
}
