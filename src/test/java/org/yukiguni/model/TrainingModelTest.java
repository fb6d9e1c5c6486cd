package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.yukiguni.model.TrainingModel.Memory;

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
    Gradients expected = gradients(widened, lora, Memory.KEEP);
    assertThat(expected.gradient()).isNotEqualTo(new float[expected.gradient().length]);
    for (Memory memory : Memory.values()) {
      Gradients actual = gradients(stored, lora, memory);
      assertThat(actual.gradient()).isEqualTo(expected.gradient());
      assertThat(actual.losses()).isEqualTo(expected.losses());
    }
  }

  private static Gradients gradients(Path model, LoraConfig lora, Memory memory) {
    AdapterLayout layout = AdapterLayout.of(Checkpoint.open(model), lora);
    float[] parameters = new float[layout.size()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = 0.01f * (i % 7 - 3);
    }
    boolean[] isTarget = new boolean[9];
    Arrays.fill(isTarget, true);
    TrainingRow row = new TrainingRow("r", new int[] {5, 9, 4, 7, 6, 8, 3, 5, 6}, isTarget);
    try (TrainingModel opened =
        TrainingModel.open(model, layout, new ModelOptions("cpu", 1), memory)) {
      return opened.gradients(parameters, List.of(row), 1, new long[0]);
    }
  }
}
