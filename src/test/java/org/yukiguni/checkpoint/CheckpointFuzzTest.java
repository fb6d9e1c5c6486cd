package org.yukiguni.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.fuzz.Fuzzer;

/** Damaged files of a checkpoint. Tensors that are accepted are mapped, so that offsets count. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CheckpointFuzzTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void makeFolder() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
  }

  @Test
  void safetensorsHeaders() throws IOException {
    byte[] whole =
        Files.readAllBytes(FIXTURES.resolve("llama-lora/adapter/adapter_model.safetensors"));
    Fuzzer.run(
        "safetensors",
        List.of(smallSafetensors(), whole),
        2_000,
        input -> use(Safetensors.read(Files.write(model.resolve("model.safetensors"), input))),
        CheckpointException.class);
  }

  @Test
  void torchFiles() throws IOException {
    byte[] whole = Files.readAllBytes(FIXTURES.resolve("gpt_neox-bin/pytorch_model.bin"));
    Fuzzer.run(
        "pytorch_model.bin",
        List.of(whole),
        2_000,
        input -> use(TorchFile.read(Files.write(model.resolve("pytorch_model.bin"), input))),
        CheckpointException.class);
  }

  @Test
  void pickles() throws Exception {
    Fuzzer.run(
        "pickle",
        List.of(pickle(FIXTURES.resolve("gpt_neox-bin/pytorch_model.bin"))),
        20_000,
        input -> Unpickler.tensors(ByteBuffer.wrap(input)),
        Unpickler.PickleException.class);
  }

  @Test
  void configs() throws IOException {
    for (String fixture :
        List.of("gpt2", "gpt_neox-sequential", "llama31-rope", "phi3", "gemma2")) {
      Path from = FIXTURES.resolve(fixture);
      Files.copy(
          from.resolve("model.safetensors"),
          model.resolve("model.safetensors"),
          StandardCopyOption.REPLACE_EXISTING);
      Fuzzer.run(
          "config.json of " + fixture,
          List.of(Files.readAllBytes(from.resolve("config.json"))),
          500,
          input -> {
            Files.write(model.resolve("config.json"), input);
            Checkpoint.open(model);
          },
          CheckpointException.class);
    }
  }

  @Test
  void indices() throws IOException {
    Path from = FIXTURES.resolve("llama-sharded");
    copyAll(from, model);
    Fuzzer.run(
        "index of shards",
        List.of(Files.readAllBytes(from.resolve("model.safetensors.index.json"))),
        800,
        input -> {
          Files.write(model.resolve("model.safetensors.index.json"), input);
          WeightFiles.read(model);
        },
        CheckpointException.class);
  }

  @Test
  void adapterConfigs() throws IOException {
    Path from = FIXTURES.resolve("llama-lora");
    Path adapter = Files.createDirectory(folder.resolve("adapter"));
    copyAll(from.resolve("adapter"), adapter);
    Path base = FIXTURES.resolve("llama");
    List<byte[]> seeds = List.of(Files.readAllBytes(adapter.resolve("adapter_config.json")));
    Fuzzer.Parser parser =
        input -> {
          Files.write(adapter.resolve("adapter_config.json"), input);
          Checkpoint.open(base, Optional.of(adapter));
        };
    Fuzzer.run("adapter_config.json", seeds, 800, parser, CheckpointException.class);
    Fuzzer.runJson("adapter_config.json", seeds, 800, parser, CheckpointException.class);
  }

  private static void use(Map<String, StoredTensor> tensors) {
    for (StoredTensor tensor : tensors.values()) {
      // Masks and the like are never mapped.
      if (Arrays.stream(StoredType.values()).anyMatch(t -> t.name().equals(tensor.type()))) {
        ByteBuffer mapped = tensor.map();
        if (mapped.hasRemaining()) {
          mapped.get(mapped.limit() - 1);
        }
      }
    }
  }

  private static byte[] smallSafetensors() {
    byte[] header =
        """
        {"__metadata__": {"format": "pt"}, "a": {"dtype": "F32", "shape": [2, 3],
         "data_offsets": [0, 24]}, "b": {"dtype": "BF16", "shape": [], "data_offsets": [24, 26]}}
        """
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 26)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static byte[] pickle(Path file) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      var entry = zip.stream().filter(e -> e.getName().endsWith("data.pkl")).findFirst();
      return zip.getInputStream(entry.orElseThrow()).readAllBytes();
    }
  }

  private static void copyAll(Path from, Path to) throws IOException {
    try (var files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
