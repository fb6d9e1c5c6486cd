package org.yukiguni.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.fuzz.Fuzzer;

/** What a model's folder may say about generation. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ModelSettingsFuzzTest {
  private static final Path MODEL = Path.of("src/test/resources/fixtures/llama-sharded");

  @TempDir Path folder;

  @Test
  void generationConfigs() throws Exception {
    Fuzzer.run(
        "generation_config.json",
        List.of(Files.readAllBytes(MODEL.resolve("generation_config.json"))),
        1_500,
        input -> {
          Files.write(folder.resolve("generation_config.json"), input);
          ModelSettings.read(folder, Set.of("seed"));
        },
        InvalidJobException.class);
  }

  @Test
  void configs() throws Exception {
    Fuzzer.run(
        "config.json, eos_token_id",
        List.of(Files.readAllBytes(MODEL.resolve("config.json"))),
        1_000,
        input -> {
          Files.write(folder.resolve("config.json"), input);
          ModelSettings.configEos(folder);
        },
        InvalidJobException.class);
  }
}
