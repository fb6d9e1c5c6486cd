package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.checkpoint.Architecture;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.engine.Beams;
import org.yukiguni.engine.Clock;
import org.yukiguni.engine.Constraints;
import org.yukiguni.engine.Engine;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.GenerationConfig;
import org.yukiguni.engine.GenerationRequest;
import org.yukiguni.engine.LanguageModel;
import org.yukiguni.engine.ModelLimits;
import org.yukiguni.engine.Outcome;
import org.yukiguni.engine.Penalties;
import org.yukiguni.engine.Sampling;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.Step.CacheOp;
import org.yukiguni.engine.StepResult;
import org.yukiguni.model.ModelScripts.Attention;
import org.yukiguni.model.ModelScripts.Kernels;
import org.yukiguni.model.ModelScripts.Linear;
import org.yukiguni.script.ScriptModule;

/**
 * The attention of GPUs, run on a processor: the flat cache and the ragged batch give what the
 * blocks of the processor's own attention give. The one call of FlashAttention is replaced by plain
 * arithmetic of the same signature.
 */
class FlatAttentionTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final Attention AS_FLASH = Attention.flat("plain/flash.py");
  private static final int REQUESTS = 10;
  private static final int COMPLETIONS =
      IntStream.range(0, REQUESTS).map(FlatAttentionTest::numCompletions).sum();

  /** Tokens that some of the prompts begin with. */
  private static final int TEMPLATE = 130;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "gpt_neox-parallel",
        "gpt_neox-sequential",
        "llama-sharded",
        "llama31-rope",
        "mistral",
        "qwen2",
        "qwen3",
        "phi3",
        "gemma2"
      })
  void theSameTokensAsInBlocks(String fixture) throws InterruptedException {
    Path folder = FIXTURES.resolve(fixture);
    Map<String, Outcome.Completion> inBlocks = generate(folder, Attention.IN_BLOCKS);
    assertThat(inBlocks).hasSize(COMPLETIONS);
    for (Attention flat : List.of(Attention.FLAT, AS_FLASH)) {
      Map<String, Outcome.Completion> found = generate(folder, flat);
      assertThat(found.keySet()).isEqualTo(inBlocks.keySet());
      inBlocks.forEach(
          (key, expected) -> {
            Outcome.Completion completion = found.get(key);
            assertThat(completion.tokens()).as("%s %s", key, flat).isEqualTo(expected.tokens());
            assertThat(completion.cumulativeLogprob())
                .isCloseTo(expected.cumulativeLogprob(), Offset.offset(2e-3));
          });
    }
  }

  /** One or two drawn completions of each prompt, with room for few of them at once. */
  private static Map<String, Outcome.Completion> generate(Path folder, Attention attention)
      throws InterruptedException {
    TorchModel model = open(folder, Precision.FLOAT32, attention, Linear.PLAIN);
    boolean windowed =
        Set.of("mistral", "phi3", "gemma2").contains(folder.getFileName().toString());
    assertThat(model.limits().sharesPrompts()).isEqualTo(attention.isFlat() && !windowed);
    long kvBytes = EngineLimits.leastKvBytes(model.limits()) * 3 / 2;
    model.reserve(kvBytes);
    int vocabulary = model.limits().vocabularySize();
    LinkedBlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    Map<String, Outcome.Completion> completions = new TreeMap<>();
    try (Engine engine =
        new Engine("flat", asOnGpu(model), new EngineLimits(5, 64, kvBytes), Clock.SYSTEM)) {
      for (int i = 0; i < REQUESTS; i++) {
        int[] prompt = prompt(i, vocabulary);
        engine.submit(
            new GenerationRequest(
                Integer.toString(i), prompt, config(numCompletions(i)), Optional.empty()),
            outcomes::add);
      }
      for (int i = 0; i < COMPLETIONS; i++) {
        Outcome.Completion done = (Outcome.Completion) outcomes.poll(60, TimeUnit.SECONDS);
        completions.put(done.id() + "/" + done.sequenceIndex(), done);
      }
      int tokens = IntStream.range(0, REQUESTS).map(i -> prompt(i, vocabulary).length).sum();
      if (model.limits().sharesPrompts()) {
        // The first of them may come before there is another one to be compared with.
        assertThat(engine.stats().promptTokens()).isLessThanOrEqualTo(tokens - 3 * TEMPLATE);
      } else {
        assertThat(engine.stats().promptTokens()).isEqualTo(tokens);
      }
    }
    return completions;
  }

  private static int numCompletions(int i) {
    return 1 + i % 4 / 2;
  }

  private static GenerationConfig config(int numReturnSequences) {
    return new GenerationConfig(
        new Sampling(true, 1, 20, 1, 0, 1, 0, 0),
        Penalties.NONE,
        Constraints.NONE,
        OptionalInt.of(9),
        OptionalInt.empty(),
        0,
        0,
        numReturnSequences,
        7,
        List.of(),
        List.of(),
        Beams.NONE,
        OptionalInt.empty());
  }

  /** Of 1 to 150 tokens; every second one begins with a template. */
  private static int[] prompt(int i, int vocabulary) {
    int length = new int[] {1, 150, 3, 17, 20, 16, 2, 120, 1, 5}[i];
    IntStream own = new Random(i).ints(length, 0, vocabulary);
    IntStream template = new Random(99).ints(i % 2 == 0 ? TEMPLATE : 0, 0, vocabulary);
    return IntStream.concat(template, own).toArray();
  }

  /** The model as one whose next step is prepared while it runs, if it shares prompts, too. */
  private static LanguageModel asOnGpu(TorchModel model) {
    ModelLimits limits = model.limits();
    return new LanguageModel() {
      @Override
      public ModelLimits limits() {
        return new ModelLimits(
            limits.contextLength(),
            limits.vocabularySize(),
            limits.kvBytesPerToken(),
            limits.sharesPrompts(),
            limits.sharesPrompts());
      }

      @Override
      public void start(Step step) {
        model.start(step);
      }

      @Override
      public StepResult finish() {
        return model.finish();
      }

      @Override
      public void clearCache() {
        model.clearCache();
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void shortNumbersGoThroughAllOfIt(Precision precision) {
    for (String fixture : List.of("gpt2", "gpt_neox-parallel", "llama-bf16", "qwen3", "gemma2")) {
      Path folder = FIXTURES.resolve(fixture);
      // bfloat16 has eight bits; errors of some layers add up.
      assertThat(error(folder, precision, Linear.PLAIN)).as(fixture).isBetween(1e-6, 0.08);
    }
  }

  /** 8-bit weights where there are no 8-bit kernels. */
  @ParameterizedTest
  @EnumSource
  void weightsOf8BitsCostLittleMore(Precision precision) {
    for (String fixture : List.of("gpt2", "gpt_neox-parallel", "llama-bf16", "qwen3", "gemma2")) {
      Path folder = FIXTURES.resolve(fixture);
      assertThat(error(folder, precision, Linear.DEQUANTIZED)).as(fixture).isBetween(1e-6, 0.09);
    }
  }

  /** The root mean square of the differences, as a share of the logits' own. */
  private static double error(Path folder, Precision precision, Linear linear) {
    float[] exact = logits(folder, Precision.FLOAT32, Linear.PLAIN);
    float[] rounded = logits(folder, precision, linear);
    double squares = 0;
    double errors = 0;
    for (int i = 0; i < exact.length; i++) {
      squares += exact[i] * exact[i];
      errors += (exact[i] - rounded[i]) * (exact[i] - rounded[i]);
    }
    return Math.sqrt(errors / squares);
  }

  /** Of the last prompt token and of one decoding step. */
  private static float[] logits(Path folder, Precision precision, Linear linear) {
    try (TorchModel model = open(folder, precision, Attention.FLAT, linear);
        NDManager scope = model.newScope()) {
      model.reserve(1000 * model.limits().kvBytesPerToken());
      int[] prompt = new Random(4).ints(30, 0, model.limits().vocabularySize()).toArray();
      Step prefill =
          new Step(
              List.of(new CacheOp.Allocate(0, 2, 64)),
              prompt,
              IntStream.range(0, 30).toArray(),
              List.of(),
              List.of(new Step.PrefillChunk(0, 0, 0, 30)),
              List.of(),
              List.of());
      Step decode =
          new Step(
              List.of(new CacheOp.Move(0, 0, 0, 1, 30)),
              new int[] {5, 6},
              new int[] {30, 30},
              List.of(new Step.DecodeGroup(0, 2, 32)),
              List.of(),
              List.of(),
              List.of());
      float[] first = model.logits(scope, prefill, new int[] {29}).toFloatArray();
      float[] second = model.logits(scope, decode, new int[] {1}).toFloatArray();
      float[] all = new float[first.length + second.length];
      System.arraycopy(first, 0, all, 0, first.length);
      System.arraycopy(second, 0, all, first.length, second.length);
      return all;
    }
  }

  private static TorchModel open(
      Path folder, Precision precision, Attention attention, Linear linear) {
    int layers = Checkpoint.readConfig(folder).layers();
    return TorchModel.open(
        folder,
        Optional.empty(),
        new ModelOptions("cpu", 1),
        DeviceMap.whole("cpu", precision, layers),
        unused -> new Kernels(linear, attention),
        () -> {});
  }

  /** The operator's signature is known to a libtorch without CUDA, too. */
  @Test
  void theCallOfFlashAttentionIsOneThatThisLibtorchKnows() {
    try (NDManager manager = TorchRuntime.newHostManager()) {
      for (Architecture architecture : Architecture.values()) {
        ScriptModule.compile(
                manager,
                architecture.scriptName(),
                ModelScripts.architecture(architecture, new Kernels(Linear.PLAIN, Attention.FLASH)))
            .close();
      }
    }
  }
}
