package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.checkpoint.Checkpoint;

/**
 * What 8-bit weights cost in quality: on the model that comes with the project, on models of all
 * families, and on models with planted outliers of activations, as large models have them.
 */
class Int8Test {
  private static final Path MINI = Path.of("data/models/yukiguni-mini");

  /** Measured 0.0206; of the error 60 % are the weights'. */
  private static final double MINI_ERROR = 0.022;

  @TempDir Path folder;

  @Test
  void theMiniModelWritesAlmostTheSame() throws IOException {
    Distance distance = print("mini", Distance.of(MINI, texts()));
    assertThat(distance.error()).isLessThan(MINI_ERROR);
    assertThat(distance.sameToken()).isGreaterThan(0.985);
    assertThat(distance.perplexityChange()).isCloseTo(0, Offset.offset(0.002));
  }

  /** Their weights are random, so that probabilities lie closer together than a trained model's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "gpt_neox-parallel",
        "gpt_neox-sequential",
        "llama",
        "llama-bf16",
        "mistral",
        "qwen2",
        "qwen3",
        "phi3",
        "gemma2"
      })
  void everyFamilyStaysClose(String name) {
    Path model = Path.of("src/test/resources/fixtures", name);
    int vocabulary = Checkpoint.open(model).config().vocabularySize();
    List<int[]> texts =
        IntStream.range(0, 4)
            .mapToObj(i -> new Random(i).ints(60, 0, vocabulary).toArray())
            .toList();
    Distance distance = print(name, Distance.of(model, texts));
    assertThat(distance.error()).isLessThan(0.09);
    assertThat(distance.sameToken()).isGreaterThan(0.86);
    assertThat(distance.perplexityChange()).isCloseTo(0, Offset.offset(0.04));
  }

  /** The same function: what a norm puts out more, the next layer takes in less. */
  @ParameterizedTest
  @ValueSource(ints = {20, 60, 200})
  void outliersOfNormsCostAtMostAsMuchAgain(int size) throws IOException {
    Path planted = PlantedModel.write(MINI, folder, (name, v, c) -> scaleNorms(name, v, c, size));
    Distance distance = print("norms " + size, Distance.of(planted, texts()));
    assertThat(distance.error()).isLessThan(2 * MINI_ERROR);
    assertThat(distance.sameToken()).isGreaterThan(0.98);
    assertThat(distance.perplexityChange()).isCloseTo(0, Offset.offset(0.004));
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 60, 200})
  void hugeResidualChannelsAtSomePositionsCostAtMostAsMuchAgain(int size) throws IOException {
    Path planted =
        PlantedModel.write(MINI, folder, (name, v, c) -> raiseEmbeddings(name, v, c, size));
    Distance distance = print("residual " + size, Distance.of(planted, texts()));
    assertThat(distance.error()).isLessThan(2 * MINI_ERROR);
    assertThat(distance.sameToken()).isGreaterThan(0.98);
    assertThat(distance.perplexityChange()).isCloseTo(0, Offset.offset(0.004));
  }

  private static void scaleNorms(String name, float[] values, int columns, int size) {
    boolean isNorm = name.matches(".*(input|post_attention)_layernorm\\.(weight|bias)");
    boolean isNext = name.matches(".*(query_key_value|dense_h_to_4h)\\.weight");
    for (int channel : new int[] {3, 50, 100, 101, 150, 191}) {
      if (isNorm) {
        values[channel] *= size;
      }
      for (int i = channel; isNext && i < values.length; i += columns) {
        values[i] /= size;
      }
    }
  }

  /** One channel of every seventh token's embedding. */
  private static void raiseEmbeddings(String name, float[] values, int columns, int size) {
    if (name.equals("gpt_neox.embed_in.weight")) {
      double squares = 0;
      for (float value : values) {
        squares += value * value;
      }
      float deviation = (float) Math.sqrt(squares / values.length);
      for (int i = 77; i < values.length; i += 7 * columns) {
        values[i] = size * deviation;
      }
    }
  }

  /** What the model itself has written, after its prompts. */
  private static List<int[]> texts() throws IOException {
    List<int[]> texts = new ArrayList<>();
    JsonNode golden = new ObjectMapper().readTree(MINI.resolve("golden.json").toFile());
    for (JsonNode item : golden.path("items")) {
      IntStream prompt = IntStream.of(GoldenCase.ints(item.path("input_ids")));
      IntStream output = IntStream.of(GoldenCase.ints(item.path("output_ids")));
      texts.add(IntStream.concat(prompt, output).toArray());
    }
    return texts;
  }

  private static Distance print(String name, Distance distance) {
    System.out.println("int8  " + name + "  " + distance);
    return distance;
  }
}
