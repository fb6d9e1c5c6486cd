package org.yukiguni.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.yukiguni.engine.ModelLimits;

class ModelMemoryTest {
  private static final Path MINI = Path.of("data/models/yukiguni-mini");

  /** By hand from config.json: 4000 tokens, 192 channels, 768 inner ones, 6 layers. */
  private static final long MATRICES = 6L * (192 * 576 + 192 * 192 + 2 * 192 * 768) + 4000 * 192;

  private static final long OTHERS = 6L * (4 * 192 + 576 + 192 + 768 + 192) + 2 * 192 + 4000 * 192;

  private static final long GIB = 1L << 30;

  @Test
  void countsWhatTheWeightsWillTake() {
    ModelMemory memory = ModelMemory.of(MINI, Optional.empty(), WeightFormat.FLOAT32);
    assertThat(memory.size().matrixNumbers()).isEqualTo(MATRICES);
    assertThat(memory.size().otherNumbers()).isEqualTo(OTHERS);
    assertThat(memory.weightBytes(WeightFormat.FLOAT32, Precision.FLOAT32))
        .isEqualTo(4 * (MATRICES + OTHERS));
    assertThat(memory.weightBytes(WeightFormat.INT8, Precision.FLOAT32))
        .isEqualTo(MATRICES + 4 * OTHERS);
    assertThat(memory.weightBytes(WeightFormat.INT8, Precision.BFLOAT16))
        .isEqualTo(MATRICES + 2 * OTHERS);
    assertThat(memory.size().parts()).hasSize(8);
    assertThat(memory.size().parts().get(0)).isEqualTo(new ModelSize.Part(0, 4000 * 192));
    assertThat(memory.size().parts().get(7)).isEqualTo(new ModelSize.Part(4000 * 192, 2 * 192));
    assertThat(memory.size().kvBytesPerLayer(Precision.FLOAT16)).isEqualTo(2 * 192 * 2);
  }

  /** What a row of one position takes with all its copies, see EngineLimits. */
  private static final int ROW_TOKENS = 32;

  /** Four layers of 100 numbers and the ends, which take 200 bytes each in 16 bits. */
  private static final ModelMemory SMALL = memory(WeightFormat.FLOAT32, 90, 10, 4 * 10);

  /** Keys and values of a row in one layer, 5 bytes a token. */
  private static final long KV = ROW_TOKENS * 5;

  @Test
  void whatFitsExactlyIsNotRefused() {
    List<DeviceMap.Room> exact = List.of(gpu(0, 6 * 200 + 4 * KV));
    assertThat(SMALL.map(exact)).hasValue(DeviceMap.whole("cuda:0", Precision.BFLOAT16, 4));
    assertThat(SMALL.refusal(exact, "")).isEmpty();
    assertThat(SMALL.kvTokens(SMALL.map(exact).orElseThrow(), exact)).isEqualTo(ROW_TOKENS);
    assertThat(SMALL.map(List.of(gpu(0, 6 * 200 + 4 * KV - 1)))).isEmpty();
  }

  @Test
  void fillsOneDeviceAfterTheOther() {
    long layer = 200 + KV;
    List<DeviceMap.Room> rooms = List.of(gpu(0, 200 + layer), gpu(1, 3 * layer - 1), cpu(10_000));
    DeviceMap map = SMALL.map(rooms).orElseThrow();
    assertThat(map).hasToString("cuda:0+cuda:1+cpu");
    assertThat(map.parts()).extracting(DeviceMap.Part::layers).containsExactly(1, 2, 1);
    assertThat(map.parts().get(2).precision()).isEqualTo(Precision.FLOAT32);
    assertThat(SMALL.kvTokens(map, rooms)).isEqualTo(ROW_TOKENS);
    // Too small for anything, and too small for anything but the ends.
    List<DeviceMap.Room> tight = List.of(gpu(0, 199), gpu(1, 200), gpu(2, 4 * layer), gpu(3, 200));
    DeviceMap ends = SMALL.map(tight).orElseThrow();
    assertThat(ends).hasToString("cuda:1+cuda:2+cuda:3");
    assertThat(ends.parts()).extracting(DeviceMap.Part::layers).containsExactly(0, 4, 0);
    assertThat(SMALL.kvTokens(ends, tight)).isEqualTo(ROW_TOKENS);
  }

  @Test
  void saysHowItCounts() {
    long billion = 1_000_000_000;
    ModelMemory floats = memory(WeightFormat.FLOAT32, 7 * billion / 6, billion / 24, 1 << 20);
    assertThat(floats.refusal(List.of(cpu(15 * GIB)), ""))
        .hasValue(
            "Cannot load model m because its weights take 27.01 GiB (6,999,999,996 numbers in linear"
                + " layers as float32, 249,999,996 others as float32) and the keys and values of a"
                + " row of 1 positions 0.03 GiB, but cpu has 15.00 GiB for them (all of it); set"
                + " model.quantization: int8, with which the weights take 7.45 GiB");
    String two = "set model.device_map: auto";
    assertThat(floats.refusal(List.of(gpu(0, 3 * GIB), gpu(1, GIB)), two))
        .get()
        .asString()
        .contains("6,999,999,996 numbers in linear layers as bfloat16")
        .endsWith(
            "but cuda:0 has 3.00 GiB for them (all of it) and cuda:1 has 1.00 GiB for them (all of"
                + " it); set model.device_map: auto, or take a smaller model or machines with more"
                + " memory");
  }

  private static ModelMemory memory(WeightFormat format, long matrices, long others, long kv) {
    List<ModelSize.Part> parts = Collections.nCopies(6, new ModelSize.Part(matrices, others));
    return new ModelMemory(Path.of("m"), new ModelSize(parts, new ModelLimits(1, 100, kv)), format);
  }

  private static DeviceMap.Room gpu(int index, long bytes) {
    return new DeviceMap.Room("cuda:" + index, Precision.BFLOAT16, bytes, "all of it");
  }

  private static DeviceMap.Room cpu(long bytes) {
    return new DeviceMap.Room("cpu", Precision.FLOAT32, bytes, "all of it");
  }
}
