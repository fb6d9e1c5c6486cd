package org.yukiguni.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  @BeforeEach
  void copyModel() throws IOException {
    copy("llama");
  }

  private void copy(String model) throws IOException {
    try (Stream<Path> files = Files.list(FIXTURES.resolve(model))) {
      for (Path file : files.toList()) {
        Files.write(folder.resolve(file.getFileName().toString()), Files.readAllBytes(file));
      }
    }
  }

  @Test
  void readsTheShape() {
    ModelConfig config = Checkpoint.open(folder).config();
    assertThat(config.architecture()).isEqualTo(Architecture.LLAMA);
    assertThat(config.kvHeads()).isLessThan(config.heads());
    assertThat(config.vocabularySize()).isEqualTo(780);
    assertThat(config.headDim() * config.heads()).isEqualTo(config.width());
  }

  @Test
  void findsEachWeightOfAShardedModelInItsFile() throws IOException {
    copy("llama-sharded");
    Files.delete(folder.resolve("model.safetensors"));
    Checkpoint checkpoint = Checkpoint.open(folder);
    Stream<StoredTensor> all =
        Stream.concat(checkpoint.ends().values().stream(), checkpoint.layer(2).values().stream());
    assertThat(all.map(t -> t.file().getFileName().toString()).distinct())
        .contains("model-00002-of-00002.safetensors");
    assertThat(checkpoint.ends().get("embedding").map().remaining())
        .isEqualTo(780 * checkpoint.config().width() * 4);
  }

  @Test
  void aShardedPytorchModelHoldsTheWeightsOfTheSingleFile() throws IOException {
    Checkpoint single = Checkpoint.open(FIXTURES.resolve("gpt_neox-bin"));
    Files.delete(folder.resolve("model.safetensors"));
    copy("gpt_neox-bin");
    Files.delete(folder.resolve("pytorch_model.bin"));
    copy("gpt_neox-bin-sharded");
    Checkpoint sharded = Checkpoint.open(folder);
    assertSame(sharded.ends(), single.ends());
    for (int layer = 0; layer < single.config().layers(); layer++) {
      assertSame(sharded.layer(layer), single.layer(layer));
    }
    Stream<StoredTensor> all =
        Stream.concat(sharded.ends().values().stream(), sharded.layer(0).values().stream());
    assertThat(all.map(t -> t.file().getFileName().toString()).distinct()).hasSize(2);
  }

  private static void assertSame(
      Map<String, StoredTensor> actual, Map<String, StoredTensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach(
        (name, tensor) -> {
          assertThat(tensor.shape()).as(name).isEqualTo(expected.get(name).shape());
          assertThat(tensor.map()).as(name).isEqualTo(expected.get(name).map());
        });
  }

  @Test
  void openAiNamesWithoutPrefixAreFound() throws IOException {
    copy("gpt2");
    Checkpoint checkpoint = Checkpoint.open(folder);
    assertThat(checkpoint.layer(0).get("ln_1.weight").name()).isEqualTo("h.0.ln_1.weight");
    assertThat(checkpoint.ends().get("head").name()).isEqualTo("wte.weight");
  }

  @Test
  void aMissingConfigIsNamed() throws IOException {
    Files.delete(folder.resolve("config.json"));
    fails("Cannot open the model " + folder + " because it has no config.json");
  }

  @Test
  void missingWeightsAreNamed() throws IOException {
    Files.delete(folder.resolve("model.safetensors"));
    fails(
        "Cannot open the model "
            + folder
            + " because it has neither model.safetensors nor pytorch_model.bin, nor an index"
            + " (model.safetensors.index.json, pytorch_model.bin.index.json)");
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    copy("llama-sharded");
    Files.delete(folder.resolve("model.safetensors"));
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    fails(
        "Cannot open the model "
            + folder
            + " because model.safetensors.index.json names model-00002-of-00002.safetensors, which"
            + " is not there");
  }

  @Test
  void aMissingWeightIsNamed() throws IOException {
    config(c -> c.put("num_hidden_layers", 9));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "Cannot load the model "
                + folder
                + " because its weights lack model.layers.2.input_layernorm.weight");
  }

  @Test
  void aWrongShapeIsToldWithBothShapes() throws IOException {
    config(c -> c.put("vocab_size", 781));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("Cannot load tensor model.embed_tokens.weight of ")
        .hasMessageContaining("because its shape is [780, ")
        .hasMessageContaining("and config.json asks for [781, ");
  }

  @Test
  void aTensorWithoutAPlaceIsNamed() throws IOException {
    config(c -> c.put("num_hidden_layers", 1));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("Cannot load the model " + folder)
        .hasMessageContaining(
            "because LlamaForCausalLM has no place for its tensor model.layers.1.");
  }

  @Test
  void whatTheClassesDoNotWriteIsTheirDefault() throws IOException {
    copy("mistral");
    assertThat(Checkpoint.open(folder).config().attention().windows()).containsOnly(10);
    config(c -> c.remove("sliding_window"));
    assertThat(Checkpoint.open(folder).config().attention().windows()).containsOnly(4096);
    config(c -> c.putNull("sliding_window"));
    assertThat(Checkpoint.open(folder).config().attention().windows()).containsOnly(0);
  }

  @Test
  void gemma2TakesItsWindowsFromLayerTypesAndRoundsItsScale() throws IOException {
    copy("gemma2");
    assertThat(Checkpoint.open(folder).config().attention().windows()).containsExactly(8, 0, 8);
    assertThat(Checkpoint.open(folder).config().embeddingScale()).isEqualTo((float) Math.sqrt(32));
    config(
        c ->
            c.put("dtype", "bfloat16")
                .putNull("attn_logit_softcapping")
                .putArray("layer_types")
                .add("full_attention")
                .add("sliding_attention")
                .add("full_attention"));
    ModelConfig config = Checkpoint.open(folder).config();
    assertThat(config.attention().windows()).containsExactly(0, 8, 0);
    assertThat(config.attention().softCap()).isZero();
    assertThat(config.embeddingScale()).isEqualTo(5.65625);
  }

  @Test
  void theOldNameOfARotaryScalingIsRead() throws IOException {
    config(c -> c.putObject("rope_scaling").put("type", "linear").put("factor", 4));
    Rotary rotary = Checkpoint.open(folder).config().rotary();
    assertThat(rotary.scaling()).isEqualTo("linear");
    assertThat(rotary.numbers()).containsExactly(4.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"architectures\":[\"MambaForCausalLM\"]} | Cannot run the architecture MambaForCausalLM",
        "{\"rope_scaling\":{\"rope_type\":\"yarn\"}} | its rope_scaling of type yarn is not supported",
        "{\"rope_scaling\":{\"type\":\"dynamic\"}} | its rope_scaling of type dynamic is not supported",
        "{\"rope_parameters\":{\"rope_type\":\"longrope\"}} | its rope_parameters of type longrope is",
        "{\"rope_scaling\":{\"type\":\"linear\"}} | because it has no factor",
        "{\"rope_scaling\":{\"factor\":2}} | its rope_scaling has no rope_type",
        "{\"rope_scaling\":{\"type\":\"linear\",\"factor\":0}} | has the numbers [0.0], which must be",
        "{\"hidden_act\":\"mish\"} | Cannot use hidden_act of",
        "{\"hidden_size\":-4} | hidden_size is -4, not a whole number above 0",
        "{\"hidden_size\":\"big\"} | hidden_size is \"big\", not a whole number above 0",
        "{\"num_key_value_heads\":3} | heads are no multiple of the 3 key-value heads",
        "{\"architectures\":[\"Qwen2ForCausalLM\"],\"use_sliding_window\":true} | because use_sliding_window: true is",
        "{\"quantization_config\":{\"quant_method\":\"gptq\"}} | quantised (quantization_config: gptq)",
        "{\"architectures\":[]} | architectures must name one",
      })
  void aConfigThatCannotBeUsedIsRefusedByName(String change, String message) throws IOException {
    ObjectNode changes = (ObjectNode) MAPPER.readTree(change);
    config(c -> c.setAll(changes));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aFileCutShortIsTold() throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("lie outside the file")
        .hasMessageEndingWith("the file is cut short or damaged");
  }

  @Test
  void anUnsupportedTypeIsNamed() throws IOException {
    String header = "{\"x\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}";
    Path file = folder.resolve("x.safetensors");
    Files.write(file, safetensors(header, new byte[2]));
    StoredTensor tensor = Safetensors.read(file).get("x");
    assertThatThrownBy(tensor::storedType)
        .hasMessage(
            "Cannot use tensor x of "
                + file
                + " because it is stored as F8_E4M3; supported are [F32, F16, BF16]");
  }

  private static byte[] safetensors(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  private void config(Consumer<ObjectNode> change) throws IOException {
    Path file = folder.resolve("config.json");
    ObjectNode config = (ObjectNode) MAPPER.readTree(file.toFile());
    change.accept(config);
    MAPPER.writeValue(file.toFile(), config);
  }

  private void fails(String message) {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(message);
  }
}
