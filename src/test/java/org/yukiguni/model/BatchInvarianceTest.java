package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.Step.CacheOp;

/**
 * The bits of a sequence's logits do not depend on who else is in the step: the law on which exact
 * replay on any cluster rests.
 */
class BatchInvarianceTest {
  private static final Path MINI = Path.of("data/models/yukiguni-mini");
  private static final int CAPACITY = 512;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/models/yukiguni-mini",
        "src/test/resources/fixtures/gpt2",
        "src/test/resources/fixtures/llama-sharded",
        "src/test/resources/fixtures/mistral",
        "src/test/resources/fixtures/gemma2"
      })
  void aDecodingSequenceIsTheSameAmongAnyNumberOfOthers(String folder) {
    decodeAmong(folder, WeightFormat.FLOAT32, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 32, 33, 64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/models/yukiguni-mini", "src/test/resources/fixtures/llama-sharded"})
  void andIn8BitsToo(String folder) {
    decodeAmong(folder, WeightFormat.INT8, 2, 3, 5, 8, 17, 64);
  }

  private static void decodeAmong(String folder, WeightFormat weights, int... counts) {
    float[] onOneThread = new float[0];
    for (int threads : new int[] {1, 2, 3}) {
      ModelOptions options = new ModelOptions("cpu", threads, weights);
      try (TorchModel model = TorchModel.open(Path.of(folder), options)) {
        float[] alone = decode(model, 1, 16);
        onOneThread = threads == 1 ? alone : onOneThread;
        assertThat(differences(alone, onOneThread)).as("%s, %s", folder, options).isZero();
        for (int sequences : counts) {
          assertThat(differences(decode(model, sequences, 16), alone))
              .as("%s, %s, %d sequences", folder, options, sequences)
              .isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/models/yukiguni-mini",
        "src/test/resources/fixtures/mistral",
        "src/test/resources/fixtures/gemma2"
      })
  void aDecodingSequenceIsTheSameAtTheKeyLengthsOfItsNeighbours(String folder) {
    try (TorchModel model = TorchModel.open(Path.of(folder), new ModelOptions("cpu", 2))) {
      float[] alone = decode(model, 3, 16);
      for (int keyLength = 32; keyLength <= 192; keyLength += 16) {
        assertThat(differences(decode(model, 3, keyLength), alone))
            .as("key length %d", keyLength)
            .isZero();
      }
    }
  }

  /** Beyond what one product takes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/models/yukiguni-mini",
        "src/test/resources/fixtures/llama-sharded",
        "src/test/resources/fixtures/gemma2"
      })
  void aLongOneTooOnAnyNumberOfThreads(String fixture, @TempDir Path folder) throws IOException {
    LongContext.of(Path.of(fixture), folder);
    float[] first = new float[0];
    for (int threads : new int[] {1, 2, 3}) {
      try (TorchModel model = TorchModel.open(folder, new ModelOptions("cpu", threads))) {
        for (int own : new int[] {200, 300, 600}) {
          int shortest = (own / 256 + 1) * 256;
          float[] alone = decodeLong(model, own, 1, shortest);
          first = threads == 1 && own == 200 ? alone : first;
          for (int keyLength = shortest; keyLength <= 1536; keyLength += 256) {
            assertThat(differences(decodeLong(model, own, 3, keyLength), alone))
                .as("%d positions, key length %d, %d threads", own, keyLength, threads)
                .isZero();
          }
        }
        assertThat(differences(decodeLong(model, 200, 2, 512), first)).isZero();
      }
    }
  }

  /** Logits of one token after a prompt, the first of some sequences. */
  private static float[] decodeLong(TorchModel model, int prompt, int sequences, int keyLength) {
    int vocabulary = model.limits().vocabularySize();
    List<CacheOp> copies = new ArrayList<>();
    for (int row = 1; row < sequences; row++) {
      copies.add(new CacheOp.Move(0, 0, 0, row, prompt));
    }
    step(
        model,
        List.of(new CacheOp.Allocate(0, sequences, 1536)),
        new Random(1).ints(prompt, 0, vocabulary).toArray(),
        IntStream.range(0, prompt).toArray(),
        List.of(),
        List.of(new Step.PrefillChunk(0, 0, 0, prompt)),
        new int[] {0});
    int[] positions = new int[sequences];
    Arrays.fill(positions, prompt);
    float[] logits =
        step(
            model,
            copies,
            new Random(2).ints(sequences, 0, vocabulary).toArray(),
            positions,
            List.of(new Step.DecodeGroup(0, sequences, keyLength)),
            List.of(),
            new int[] {0});
    model.clearCache();
    return logits;
  }

  @ParameterizedTest
  @EnumSource
  void aPromptIsTheSameBesideOtherPromptsAndDecodingSequences(WeightFormat weights) {
    int[] prompt = new Random(5).ints(300, 10, 3900).toArray();
    float[] first = new float[0];
    for (int threads : new int[] {1, 2, 3}) {
      try (TorchModel model = TorchModel.open(MINI, new ModelOptions("cpu", threads, weights))) {
        float[] alone = prefill(model, prompt, 0);
        first = threads == 1 ? alone : first;
        assertThat(differences(alone, first)).as("%d threads", threads).isZero();
        for (int others : new int[] {1, 2, 5, 20}) {
          assertThat(differences(prefill(model, prompt, others), alone))
              .as("%d others on %d threads", others, threads)
              .isZero();
        }
      }
    }
  }

  /** Logits of the first of some sequences that decode their 11th to 14th token together. */
  private static float[] decode(TorchModel model, int sequences, int keyLength) {
    int vocabulary = model.limits().vocabularySize();
    List<Float> first = new ArrayList<>();
    int[] prompt = new Random(1).ints(10, 0, vocabulary).toArray();
    step(
        model,
        List.of(new CacheOp.Allocate(0, sequences, 192)),
        prompt,
        IntStream.range(0, 10).toArray(),
        List.of(),
        List.of(new Step.PrefillChunk(0, 0, 0, 10)),
        new int[] {9});
    List<CacheOp> copies = new ArrayList<>();
    for (int row = 1; row < sequences; row++) {
      copies.add(new CacheOp.Move(0, 0, 0, row, 10));
    }
    for (int position = 10; position < 14; position++) {
      int[] tokens = new Random(position).ints(sequences, 0, vocabulary).toArray();
      int[] positions = new int[sequences];
      Arrays.fill(positions, position);
      float[] logits =
          step(
              model,
              position == 10 ? copies : List.of(),
              tokens,
              positions,
              List.of(new Step.DecodeGroup(0, sequences, keyLength)),
              List.of(),
              new int[] {0});
      for (float logit : logits) {
        first.add(logit);
      }
    }
    model.clearCache();
    return unboxed(first);
  }

  /** Logits at the end of both chunks of a prompt, beside other prompts. */
  private static float[] prefill(TorchModel model, int[] prompt, int others) {
    List<CacheOp> blocks = new ArrayList<>();
    for (int i = 0; i <= others; i++) {
      blocks.add(new CacheOp.Allocate(i, 1, CAPACITY));
    }
    List<Float> logits = new ArrayList<>();
    int[] cuts = {0, 256, prompt.length};
    for (int c = 0; c + 1 < cuts.length; c++) {
      List<Integer> tokens = new ArrayList<>();
      List<Integer> positions = new ArrayList<>();
      List<Step.PrefillChunk> chunks = new ArrayList<>();
      for (int i = 1; i <= others; i++) {
        add(tokens, positions, chunks, new Random(i).ints(400, 10, 3900).toArray(), i, c * i, i);
      }
      int length = cuts[c + 1] - cuts[c];
      add(tokens, positions, chunks, prompt, 0, cuts[c], length);
      float[] row =
          step(
              model,
              c == 0 ? blocks : List.of(),
              tokens.stream().mapToInt(Integer::intValue).toArray(),
              positions.stream().mapToInt(Integer::intValue).toArray(),
              List.of(),
              chunks,
              new int[] {tokens.size() - 1});
      for (float logit : row) {
        logits.add(logit);
      }
    }
    model.clearCache();
    return unboxed(logits);
  }

  private static void add(
      List<Integer> tokens,
      List<Integer> positions,
      List<Step.PrefillChunk> chunks,
      int[] prompt,
      int block,
      int start,
      int length) {
    for (int p = start; p < start + length; p++) {
      tokens.add(prompt[p]);
      positions.add(p);
    }
    chunks.add(new Step.PrefillChunk(block, 0, start, length));
  }

  private static float[] step(
      TorchModel model,
      List<CacheOp> ops,
      int[] tokens,
      int[] positions,
      List<Step.DecodeGroup> groups,
      List<Step.PrefillChunk> chunks,
      int[] rows) {
    try (NDManager scope = model.newScope()) {
      Step step = new Step(ops, tokens, positions, groups, chunks, List.of(), List.of());
      return model.logits(scope, step, rows).toFloatArray();
    }
  }

  /** How many values have other bits. */
  private static long differences(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    return IntStream.range(0, a.length)
        .filter(i -> Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(b[i]))
        .count();
  }

  private static float[] unboxed(List<Float> values) {
    float[] result = new float[values.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.get(i);
    }
    return result;
  }
}
