package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.Step.CacheOp;

/** A model whose layers are spread over stages computes what it computes in one piece. */
class StagesTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  @ParameterizedTest
  @CsvSource({
    "gpt2, FLOAT32",
    "gpt2-rinna, FLOAT32",
    "gpt_neox-parallel, FLOAT32",
    "gpt_neox-fp16, FLOAT32",
    "llama-sharded, FLOAT32",
    "llama-bf16, FLOAT32",
    "mistral, FLOAT32",
    "qwen2, FLOAT32",
    "qwen3, FLOAT32",
    "phi3, FLOAT32",
    "gemma2, FLOAT32",
    "llama-sharded, INT8",
    "gpt_neox-parallel, INT8"
  })
  void theSameBitsInAnyNumberOfStages(String fixture, WeightFormat weights) {
    Path folder = FIXTURES.resolve(fixture);
    int layers = Checkpoint.readConfig(folder).layers();
    float[] whole = logits(folder, weights, layers);
    assertThat(whole).doesNotContain(Float.NaN);
    assertThat(logits(folder, weights, 1, layers - 1)).isEqualTo(whole);
    List<Integer> each = new ArrayList<>(Collections.nCopies(layers, 1));
    each.add(0, 0);
    each.add(0);
    int[] endsApart = each.stream().mapToInt(Integer::intValue).toArray();
    assertThat(logits(folder, weights, endsApart)).isEqualTo(whole);
  }

  @Test
  void aMapMustHaveAllLayers() {
    Path folder = FIXTURES.resolve("gpt2");
    int layers = Checkpoint.readConfig(folder).layers();
    assertThatThrownBy(() -> logits(folder, WeightFormat.FLOAT32, layers - 1))
        .hasMessage("the map has a place for %d layers of %d".formatted(layers - 1, layers));
  }

  /** Of the last of 20 prompt tokens, and of two completions' next ones. */
  private static float[] logits(Path folder, WeightFormat weights, int... layers) {
    List<DeviceMap.Part> parts =
        IntStream.of(layers)
            .mapToObj(n -> new DeviceMap.Part("cpu", Precision.FLOAT32, n))
            .toList();
    ModelOptions options = new ModelOptions("cpu", 2, weights);
    AtomicInteger loaded = new AtomicInteger();
    try (TorchModel model =
            TorchModel.open(
                folder, Optional.empty(), options, new DeviceMap(parts), loaded::incrementAndGet);
        NDManager scope = model.newScope()) {
      assertThat(loaded).hasValue(IntStream.of(layers).sum());
      int[] prompt = new Random(2).ints(20, 0, model.limits().vocabularySize()).toArray();
      Step prefill =
          new Step(
              List.of(new CacheOp.Allocate(0, 1, 192), new CacheOp.Allocate(1, 2, 192)),
              prompt,
              IntStream.range(0, 20).toArray(),
              List.of(),
              List.of(new Step.PrefillChunk(0, 0, 0, 20)),
              List.of(),
              List.of());
      Step decode =
          new Step(
              List.of(new CacheOp.Move(0, 0, 1, 0, 20), new CacheOp.Move(0, 0, 1, 1, 20)),
              new int[] {3, 4},
              new int[] {20, 20},
              List.of(new Step.DecodeGroup(1, 2, 32)),
              List.of(),
              List.of(),
              List.of());
      float[] first = model.logits(scope, prefill, new int[] {19}).toFloatArray();
      float[] second = model.logits(scope, decode, new int[] {0, 1}).toFloatArray();
      float[] all = new float[first.length + second.length];
      System.arraycopy(first, 0, all, 0, first.length);
      System.arraycopy(second, 0, all, first.length, second.length);
      return all;
    }
  }
}
