package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yukiguni.checkpoint.AdapterLayout;
import org.yukiguni.checkpoint.Checkpoint;
import org.yukiguni.checkpoint.LoraConfig;
import org.yukiguni.model.TrainingOptions.Memory;
import org.yukiguni.model.TrainingOptions.Products;

class TrainingModelTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  @TempDir private Path folder;

  /** Every value of the 16-bit formats is one of float32, so nothing may differ, not even a bit. */
  @ParameterizedTest
  @CsvSource({"llama-bf16, 'q_proj,v_proj'", "gpt_neox-fp16, query_key_value"})
  void weightsOf16BitsGiveTheGradientsOfTheSameInFloat32(String model, String targets)
      throws IOException {
    Path stored = FIXTURES.resolve(model);
    Path widened = PlantedModel.write(stored, folder, (name, values, columns) -> {});
    LoraConfig lora = new LoraConfig(2, 4, 0, false, List.of(targets.split(",")), List.of());
    Gradients expected = gradients(widened, lora, Memory.KEEP, Products.FLOAT32);
    assertThat(expected.gradient()).isNotEqualTo(new float[expected.gradient().length]);
    for (Memory memory : Memory.values()) {
      Gradients actual = gradients(stored, lora, memory, Products.FLOAT32);
      assertThat(actual.gradient()).isEqualTo(expected.gradient());
      assertThat(actual.losses()).isEqualTo(expected.losses());
    }
  }

  /** A rounding of 2^-9 in each product; the same with both ways to keep memory. */
  @ParameterizedTest
  @CsvSource({
    "llama-bf16, 'q_proj,v_proj,down_proj'",
    "gpt_neox-fp16, 'query_key_value,dense'",
    "gpt2, 'c_attn,c_proj'"
  })
  void productsInBfloat16AreNearThoseInFloat32(String model, String targets) {
    Path stored = FIXTURES.resolve(model);
    LoraConfig lora = new LoraConfig(2, 4, 0, false, List.of(targets.split(",")), List.of());
    Gradients exact = gradients(stored, lora, Memory.KEEP, Products.FLOAT32);
    Gradients rounded = gradients(stored, lora, Memory.KEEP, Products.BFLOAT16);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < exact.gradient().length; i++) {
      difference += Math.pow(exact.gradient()[i] - rounded.gradient()[i], 2);
      size += Math.pow(exact.gradient()[i], 2);
    }
    assertThat(Math.sqrt(difference / size)).isBetween(1e-5, 0.06);
    assertThat(rounded.losses()[0]).isCloseTo(exact.losses()[0], withinPercentage(0.5));
    assertThat(gradients(stored, lora, Memory.RECOMPUTE, Products.BFLOAT16).gradient())
        .isEqualTo(rounded.gradient());
  }

  private static Gradients gradients(
      Path model, LoraConfig lora, Memory memory, Products products) {
    AdapterLayout layout = AdapterLayout.of(Checkpoint.open(model), lora);
    float[] parameters = new float[layout.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = 0.01f * (i % 7 - 3);
    }
    boolean[] isTarget = new boolean[9];
    Arrays.fill(isTarget, true);
    TrainingRow row = new TrainingRow("r", new int[] {5, 9, 4, 7, 6, 8, 3, 5, 6}, isTarget);
    try (TrainingModel opened =
        TrainingModel.open(
            model, layout, new ModelOptions("cpu", 1), new TrainingOptions(memory, products))) {
      return opened.gradients(parameters, List.of(row), 1, new long[0]);
    }
  }
}
