package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** One cache, several processes: our own, and Python's. */
@Timeout(120)
class HubProcessesTest {
  private static final String ID = "yukiguni/mini";
  private static final Path MODEL = Path.of("data/models/yukiguni-mini");

  @TempDir Path home;
  private final HubServer server = new HubServer();

  @AfterEach
  void stop() {
    server.close();
  }

  /** What an executor does with a source, in a process of its own. */
  static final class Executor {
    private Executor() {}

    public static void main(String[] arguments) {
      HubEnvironment hub = HubEnvironment.ofProcess();
      ModelSource source =
          new HubSource(ID, arguments[0], ModelFiles.MODEL, hub.endpoint(), hub.isOffline());
      System.out.println(source.folder(new Configuration(), new FetchLog()));
    }
  }

  @Test
  void aHostDownloadsOnceHoweverManyExecutorsItHas() throws Exception {
    String commit = server.commit(ID, MODEL);
    List<Process> executors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      executors.add(
          start(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Executor.class.getName(),
                  commit)));
    }
    for (Process executor : executors) {
      assertThat(output(executor)).contains("/snapshots/" + commit);
    }
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("storage"))
        .extracting(HubServer.Request::toString)
        .doesNotHaveDuplicates()
        .isNotEmpty();
    assertThat(server.requests())
        .filteredOn(request -> request.path().contains("/resolve/"))
        .extracting(HubServer.Request::toString)
        .doesNotHaveDuplicates();
  }

  @Test
  @EnabledIfSystemProperty(
      named = "python",
      matches = ".+",
      disabledReason = "needs -Dpython=PATH, a Python with huggingface_hub")
  void pythonUsesWhatWeFetched() throws Exception {
    String commit = server.commit(ID, MODEL);
    Path folder = resolve(home).path();
    server.forgetRequests();
    String found =
        python(
            """
            from huggingface_hub import hf_hub_download, try_to_load_from_cache, scan_cache_dir
            from huggingface_hub import _CACHED_NO_EXIST
            for name in ["config.json", "model.safetensors", "spiece.model"]:
                print(hf_hub_download("yukiguni/mini", name, local_files_only=True))
            print(try_to_load_from_cache("yukiguni/mini", "merges.txt") is _CACHED_NO_EXIST)
            cache = scan_cache_dir()
            print(len(cache.warnings), [list(r.refs) for r in cache.repos])
            """);
    assertThat(found)
        .isEqualTo(
            """
            %1$s/config.json
            %1$s/model.safetensors
            %1$s/spiece.model
            True
            0 [['main']]
            """
                .formatted(folder));
    // It may ask for news about itself.
    assertThat(server.requests()).noneMatch(request -> request.path().contains(ID));
    assertThat(folder.getFileName()).hasToString(commit);
  }

  @Test
  @EnabledIfSystemProperty(
      named = "python",
      matches = ".+",
      disabledReason = "needs -Dpython=PATH, a Python with huggingface_hub")
  void weUseWhatPythonFetched() throws Exception {
    String commit = server.commit(ID, MODEL);
    String folder =
        python(
            """
            from huggingface_hub import hf_hub_download
            import os
            for name in ["config.json", "generation_config.json", "model.safetensors",
                         "spiece.model", "tokenizer_config.json"]:
                path = hf_hub_download("yukiguni/mini", name)
            print(os.path.dirname(path))
            """);
    server.forgetRequests();
    ModelFolder found = resolve(home);
    assertThat(found.path()).hasToString(folder.strip());
    assertThat(found.revision()).isEqualTo(commit);
    // It asks once whether there are the files that nobody asked for, and fetches none again.
    assertThat(server.requests())
        .extracting(HubServer.Request::toString)
        .containsExactly("hub GET /api/models/yukiguni/mini/revision/" + commit);
  }

  private ModelFolder resolve(Path folder) {
    return new ModelResolver(
            new Configuration(), () -> HubEnvironment.of(variables(), folder), new FetchLog())
        .resolve(ModelResolverTest.spec(ID));
  }

  private Map<String, String> variables() {
    return Map.of("HF_HOME", home.toString(), "HF_ENDPOINT", server.endpoint().toString());
  }

  private String python(String script) throws IOException, InterruptedException {
    Path file = Files.writeString(home.resolve("script.py"), script);
    return output(start(List.of(System.getProperty("python"), file.toString())));
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(variables());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String output(Process process) throws IOException, InterruptedException {
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return output;
  }
}
