package org.yukiguni.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdapterTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  @BeforeEach
  void copyAdapter() throws IOException {
    Path adapter = FIXTURES.resolve("llama-lora/adapter");
    for (String name : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
      Files.copy(adapter.resolve(name), folder.resolve(name));
    }
  }

  @Test
  void scalesByAlphaOverRank() {
    assertThat(open("llama").layerChanges(1).keySet())
        .containsExactlyInAnyOrder(
            "self_attn.q_proj.weight",
            "self_attn.v_proj.weight",
            "mlp.gate_proj.weight",
            "mlp.down_proj.weight");
    assertThat(scale("self_attn.q_proj.weight")).isEqualTo(2);
    assertThat(open("llama").endChanges()).isEmpty();
  }

  @Test
  void patternsNameTheEndOfAPathOrAnExpression() throws IOException {
    config(
        "{\"alpha_pattern\":{\"proj\":1,\"q_proj\":12,\"layers.\\\\d.mlp..*\":2},\"use_rslora\":true}");
    assertThat(scale("self_attn.q_proj.weight")).isEqualTo(6);
    assertThat(scale("mlp.gate_proj.weight")).isEqualTo(1);
    assertThat(scale("self_attn.v_proj.weight")).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"peft_type\":\"IA3\"} | peft_type: IA3 is not supported; supported is LORA",
        "{\"use_dora\":true} | because use_dora: true is not supported",
        "{\"lora_bias\":true} | because lora_bias: true is not supported",
        "{\"bias\":\"lora_only\"} | because bias: lora_only is not supported; supported is none",
        "{\"layer_replication\":[[0,1]]} | because layer_replication: [[0,1]] is not supported",
        "{\"init_lora_weights\":\"pissa_niter_4\"} | init_lora_weights: pissa_niter_4 changed the base",
        "{\"r\":5} | do not fit the rank 5 and the model's weight",
        "{\"rank_pattern\":{\"v_proj\":2}} | of model.layers.0.self_attn.v_proj do not fit the rank 2",
        "{\"rank_pattern\":{\"(\":2}} | because rank_pattern has the pattern (, which is none",
      })
  void whatIsNotSupportedIsRefusedByName(String change, String message) throws IOException {
    config(change);
    assertThatThrownBy(() -> open("llama"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anAdapterOfAnotherModelIsRefused() {
    assertThatThrownBy(() -> open("gpt2"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "because its tensor base_model.model.model.layers.0.mlp.down_proj.lora_A.weight")
        .hasMessageContaining("has no place in the model");
    assertThatThrownBy(() -> open("mistral"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("check that it was made for this model");
  }

  @Test
  void aWholeWeightReplacesTheModels() throws IOException {
    String name = "base_model.model.model.norm.weight";
    addVector(name, 32);
    assertThatThrownBy(() -> open("llama"))
        .hasMessageContaining("because its tensor " + name + " (1 of ");
    config("{\"modules_to_save\":[\"norm\"]}");
    assertThat(open("llama").ends().get("norm.weight").name()).isEqualTo(name);
    assertThat(open("llama").ends().get("head").name()).isEqualTo("lm_head.weight");
    addVector(name, 31);
    assertThatThrownBy(() -> open("llama"))
        .hasMessageStartingWith("Cannot load tensor " + name)
        .hasMessageContaining("because its shape is [31]");
  }

  @Test
  void anAdapterWithoutLowRankTensorsIsRefused() throws IOException {
    write(MAPPER.createObjectNode(), new byte[0], "base_model.model.model.norm.weight", 32);
    assertThatThrownBy(() -> open("llama"))
        .hasMessageEndingWith("because it has no tensor named …lora_A.weight");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(folder.resolve("adapter_model.safetensors"));
    assertThatThrownBy(() -> open("llama"))
        .hasMessageStartingWith("Cannot open the adapter " + folder + " because it lacks");
  }

  private double scale(String weight) {
    return open("llama").layerChanges(0).get(weight).scale();
  }

  private Checkpoint open(String model) {
    return Checkpoint.open(FIXTURES.resolve(model), Optional.of(folder));
  }

  private void config(String changes) throws IOException {
    Path file = folder.resolve("adapter_config.json");
    ObjectNode config = (ObjectNode) MAPPER.readTree(file.toFile());
    config.setAll((ObjectNode) MAPPER.readTree(changes));
    MAPPER.writeValue(file.toFile(), config);
  }

  /** Adds a vector of zeros to the adapter's weights. */
  private void addVector(String name, int length) throws IOException {
    byte[] file = Files.readAllBytes(folder.resolve("adapter_model.safetensors"));
    int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    write(
        (ObjectNode) MAPPER.readTree(file, 8, header),
        Arrays.copyOfRange(file, 8 + header, file.length),
        name,
        length);
  }

  private void write(ObjectNode header, byte[] data, String name, int length) throws IOException {
    ObjectNode entry = header.putObject(name).put("dtype", "F32");
    entry.putArray("shape").add(length);
    entry.putArray("data_offsets").add(data.length).add(data.length + 4 * length);
    byte[] json = MAPPER.writeValueAsBytes(header);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + data.length + 4 * length)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json).put(data);
    Files.write(folder.resolve("adapter_model.safetensors"), file.array());
  }
}
