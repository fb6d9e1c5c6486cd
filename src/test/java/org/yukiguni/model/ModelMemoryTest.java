package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelMemoryTest {
  private static final Path MINI = Path.of("data/models/yukiguni-mini");

  /** By hand from config.json: 4000 tokens, 192 channels, 768 inner ones, 6 layers. */
  private static final long MATRICES = 6L * (192 * 576 + 192 * 192 + 2 * 192 * 768) + 4000 * 192;

  private static final long OTHERS = 6L * (4 * 192 + 576 + 192 + 768 + 192) + 2 * 192 + 4000 * 192;

  @Test
  void countsWhatTheWeightsWillTake() {
    ModelMemory floats = ModelMemory.of(MINI, Optional.empty(), WeightFormat.FLOAT32);
    assertThat(floats.matrixNumbers()).isEqualTo(MATRICES);
    assertThat(floats.otherNumbers()).isEqualTo(OTHERS);
    assertThat(floats.weightBytes()).isEqualTo(4 * (MATRICES + OTHERS));
    assertThat(ModelMemory.of(MINI, Optional.empty(), WeightFormat.INT8).weightBytes())
        .isEqualTo(MATRICES + 4 * OTHERS);
  }

  @Test
  void whatFitsExactlyIsNotRefused() {
    ModelMemory memory = new ModelMemory(MINI, WeightFormat.FLOAT32, 1000, 10, 40);
    assertThat(memory.refusal(4080 + 7, 7)).isEmpty();
    assertThat(memory.refusal(4080 + 6, 7)).isPresent();
  }

  @Test
  void saysHowItCounts() {
    long billion = 1_000_000_000;
    ModelMemory floats =
        new ModelMemory(Path.of("m"), WeightFormat.FLOAT32, 7 * billion, billion / 4, 1 << 20);
    assertThat(floats.refusal(16L << 30, 1L << 30))
        .hasValue(
            "Cannot load model m because its weights take 27.01 GiB (7,000,000,000 numbers in"
                + " linear layers as float32, 250,000,000 others as float32) and the keys and values"
                + " of one row 0.00 GiB, but of the machine's 16.00 GiB only 15.00 GiB are left"
                + " beside Java's heap; set model.quantization: int8, with which the weights take"
                + " 7.45 GiB");
    ModelMemory int8 = new ModelMemory(Path.of("m"), WeightFormat.INT8, 7 * billion, 0, 1 << 20);
    assertThat(int8.refusal(4L << 30, 0))
        .get()
        .asString()
        .contains("weights take 6.52 GiB (7,000,000,000 numbers in linear layers as int8")
        .endsWith("; take a smaller model or machines with more memory");
  }
}
