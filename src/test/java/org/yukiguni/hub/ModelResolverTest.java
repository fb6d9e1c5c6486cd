package org.yukiguni.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yukiguni.job.Device;
import org.yukiguni.job.DevicePlan;
import org.yukiguni.job.Dtype;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.job.ModelSpec;
import org.yukiguni.job.Quantization;

class ModelResolverTest {
  @TempDir Path folder;

  @Test
  void findsTheModelOfTheQuickstart() {
    ModelFolder model = resolver().resolve(spec("data/models/yukiguni-mini"));
    assertThat(model.path()).isAbsolute().isDirectory().endsWith(Path.of("models/yukiguni-mini"));
    assertThat(model.revision()).matches("[0-9a-f]{12}");
    assertThat(resolver().resolve(spec("data/models/../models/yukiguni-mini/"))).isEqualTo(model);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "spiece.model", "tokenizer.model"})
  void anyTokenizerWillDo(String tokenizer) throws IOException {
    write("config.json", "model.safetensors.index.json", tokenizer);
    assertThat(resolver().resolve(spec(folder.toString())).path()).isEqualTo(folder);
  }

  @Test
  void namesTheFilesThatAreMissing() throws IOException {
    assertProblem(
        folder.toString(),
        "model.path: Cannot use model "
            + folder
            + " because it has no config.json, and no model.safetensors or"
            + " model.safetensors.index.json or pytorch_model.bin or pytorch_model.bin.index.json,"
            + " and no tokenizer.json or spiece.model or tokenizer.model; give the folder of a"
            + " whole checkpoint");
    write("config.json", "tf_model.h5", "spiece.model");
    assertProblem(
        folder.toString(),
        "model.path: Cannot use model "
            + folder
            + " because it has no model.safetensors or model.safetensors.index.json or"
            + " pytorch_model.bin or pytorch_model.bin.index.json; give the folder of a whole"
            + " checkpoint");
  }

  @Test
  void saysWhereItLooked() throws IOException {
    assertProblem(
        "/no/such/folder",
        "model.path: Cannot find model /no/such/folder because there is no folder"
            + " /no/such/folder; give the folder of a checkpoint, a URI such as hdfs://host/folder,"
            + " or the id of a hub model");
    assertProblem(
        "https://huggingface.co/rinna/japanese-gpt-1b",
        "model.path: Cannot use model https://huggingface.co/rinna/japanese-gpt-1b because it is the"
            + " address of a page; give a hub model by its id, such as rinna/japanese-gpt-1b, and"
            + " another hub by the variable HF_ENDPOINT");
    assertProblem("\0", "model.path: Cannot find model \0 because it is not a path; give a folder");
    write("file");
    assertProblem(
        folder.resolve("file").toString(),
        "model.path: Cannot use model "
            + folder.resolve("file")
            + " because it is a file; give the folder it is in");
  }

  @Test
  void aLocalFolderHasOneRevision() {
    assertThatThrownBy(
            () ->
                resolver()
                    .resolve(
                        new ModelSpec(
                            folder.toString(),
                            "v2",
                            null,
                            "main",
                            Dtype.AUTO,
                            Quantization.NONE,
                            Device.AUTO,
                            DevicePlan.NONE)))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(
            "model.path: Cannot choose revision v2 because "
                + folder
                + " is a folder, which has only one; remove the revision");
  }

  @Test
  void findsTheAdapterThatAJobNames() throws IOException {
    assertThat(resolver().resolveAdapter(spec("data/models/yukiguni-mini"))).isEmpty();
    ModelSpec model = withAdapter("data/models/yukiguni-mini-kansai-lora");
    ModelFolder adapter = resolver().resolveAdapter(model).orElseThrow();
    assertThat(adapter.path()).isAbsolute().endsWith(Path.of("yukiguni-mini-kansai-lora"));
    assertThat(adapter.revision()).matches("[0-9a-f]{12}");
    write("adapter_config.json", "adapter_model.bin");
    assertThat(resolver().resolveAdapter(withAdapter(folder.toString()))).isPresent();
    Files.delete(folder.resolve("adapter_model.bin"));
    assertThatThrownBy(() -> resolver().resolveAdapter(withAdapter(folder.toString())))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(
            "model.adapter: Cannot use adapter "
                + folder
                + " because it has no adapter_model.safetensors or adapter_model.bin; give the"
                + " folder of a whole LoRA adapter as peft saves it");
  }

  private static ModelResolver resolver() {
    return new ModelResolver(new Configuration(), new FetchLog());
  }

  private static ModelSpec withAdapter(String adapter) {
    return new ModelSpec(
        "data/models/yukiguni-mini",
        "main",
        adapter,
        "main",
        Dtype.AUTO,
        Quantization.NONE,
        Device.AUTO,
        DevicePlan.NONE);
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Files.writeString(folder.resolve(name), name);
    }
  }

  static ModelSpec spec(String path) {
    return new ModelSpec(
        path, "main", null, "main", Dtype.AUTO, Quantization.NONE, Device.AUTO, DevicePlan.NONE);
  }

  private static void assertProblem(String path, String message) {
    assertThatThrownBy(() -> resolver().resolve(spec(path)))
        .isInstanceOf(InvalidJobException.class)
        .hasMessage(message);
  }
}
