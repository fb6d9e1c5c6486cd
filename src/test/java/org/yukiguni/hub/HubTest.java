package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is fetched and where it lies, against a real server. */
class HubTest {
  private static final String ID = "rinna/tiny";

  @TempDir Path home;
  private final HubServer server = new HubServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fillsTheCacheInHuggingFacesLayout() throws IOException {
    Map<String, byte[]> files = model();
    String commit = server.commit(ID, files);
    assertThat(hub().resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(commit);

    Path repository = home.resolve("hub/models--rinna--tiny");
    Path snapshot = repository.resolve("snapshots").resolve(commit);
    assertThat(hub().folder(ID, commit, ModelFiles.MODEL)).isEqualTo(snapshot);
    assertThat(repository.resolve("refs/main")).hasContent(commit);
    assertThat(names(snapshot))
        .containsExactlyInAnyOrder(
            "config.json", "generation_config.json", "model.safetensors", "spiece.model");
    for (String name : names(snapshot)) {
      Path link = snapshot.resolve(name);
      String etag = HubServer.etag(name, files.get(name));
      assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("../../blobs", etag));
      assertThat(link).hasBinaryContent(files.get(name));
    }
    assertThat(names(repository.resolve("blobs"))).hasSize(4);
    // transformers asks for these too, and would ask the hub again without the notes.
    assertThat(names(repository.resolve(".no_exist").resolve(commit)))
        .containsExactlyInAnyOrder(
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "chat_template.jinja",
            "vocab.json",
            "merges.txt");
  }

  @Test
  void fetchesNothingElse() {
    server.commit(ID, model());
    hub().resolve(ID, "main", ModelFiles.MODEL);
    assertThat(server.requests().stream().map(HubServer.Request::path).distinct())
        .filteredOn(path -> path.contains("/resolve/"))
        .extracting(path -> path.substring(path.lastIndexOf('/') + 1))
        .containsExactlyInAnyOrder(
            "config.json", "generation_config.json", "model.safetensors", "spiece.model");
  }

  @Test
  void asksNothingOfAModelThatItHas() throws IOException {
    String first = server.commit(ID, model());
    hub().resolve(ID, "main", ModelFiles.MODEL);
    Map<String, byte[]> changed = model();
    changed.put("config.json", "{\"changed\": true}".getBytes(UTF_8));
    String second = server.commit(ID, changed);
    server.forgetRequests();
    // The branch has moved, the job of yesterday has not.
    assertThat(hub().resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(first);
    assertThat(server.requests()).isEmpty();

    assertThat(hub().update(ID, "main")).isEqualTo(second);
    assertThat(server.requests())
        .filteredOn(request -> request.method().equals("GET"))
        .extracting(HubServer.Request::path)
        .containsExactly(
            "/api/models/rinna/tiny/revision/main",
            "/rinna/tiny/resolve/%s/config.json".formatted(second));
    assertThat(hub().resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(second);
    assertThat(hub().folder(ID, first, ModelFiles.MODEL).resolve("config.json")).hasContent("{}");
  }

  @Test
  void fetchesTheCommitItIsToldAndNoLaterOne() throws IOException {
    String first = server.commit(ID, model());
    server.branch(ID, "refs/pr/1", first);
    Map<String, byte[]> changed = model();
    changed.put("config.json", "{\"changed\": true}".getBytes(UTF_8));
    server.commit(ID, changed);
    assertThat(hub().folder(ID, first, ModelFiles.MODEL).resolve("config.json")).hasContent("{}");
    assertThat(home.resolve("hub/models--rinna--tiny/refs")).doesNotExist();
    assertThat(hub().resolve(ID, "refs/pr/1", ModelFiles.MODEL)).isEqualTo(first);
    assertThat(home.resolve("hub/models--rinna--tiny/refs/refs/pr/1")).hasContent(first);
  }

  @Test
  void fetchesTheShardsOfTheIndexOnly() throws IOException {
    Map<String, byte[]> files = model();
    files.remove("model.safetensors");
    files.put("model.safetensors.index.json", index("a.safetensors", "b.safetensors"));
    for (String shard : List.of("a.safetensors", "b.safetensors", "c.safetensors")) {
      files.put(shard, shard.getBytes(UTF_8));
    }
    String commit = server.commit(ID, files);
    Path folder = hub().folder(ID, commit, ModelFiles.MODEL);
    assertThat(names(folder))
        .contains("model.safetensors.index.json", "a.safetensors", "b.safetensors")
        .doesNotContain("c.safetensors", "pytorch_model.bin");
    // A shard that is gone is fetched again, alone.
    Files.delete(folder.resolve("b.safetensors").toRealPath());
    server.forgetRequests();
    assertThat(hub().folder(ID, commit, ModelFiles.MODEL).resolve("b.safetensors"))
        .hasContent("b.safetensors");
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("storage"))
        .hasSize(1);
  }

  @Test
  void takesTorchFilesWhereThereIsNothingElse() throws IOException {
    Map<String, byte[]> files = model();
    files.remove("model.safetensors");
    assertThat(names(folder(files))).contains("pytorch_model.bin");
  }

  @Test
  void refusesAnIndexThatNamesWhatIsNotThere() {
    Map<String, byte[]> files = model();
    files.remove("model.safetensors");
    files.put("model.safetensors.index.json", index("a.safetensors"));
    String commit = server.commit(ID, files);
    assertRefused(
        () -> hub().resolve(ID, "main", ModelFiles.MODEL),
        "Cannot use model rinna/tiny because the index of its weights names a.safetensors, which"
            + " revision %s does not have".formatted(commit));
    files.put("model.safetensors.index.json", index("../../secrets"));
    server.commit(ID, files);
    assertRefused(
        () -> hub().update(ID, "main"),
        "Cannot use model.safetensors.index.json because it names a file \"../../secrets\" outside"
            + " its folder");
  }

  @Test
  void refusesARepositoryWithoutACheckpointBeforeItFetches() {
    server.commit(ID, Map.of("config.json", new byte[2], "model.gguf", new byte[9]));
    assertRefused(
        () -> hub().resolve(ID, "main", ModelFiles.MODEL),
        "Cannot use model rinna/tiny because its revision main has no model.safetensors or"
            + " model.safetensors.index.json or pytorch_model.bin or pytorch_model.bin.index.json,"
            + " and no tokenizer.json or spiece.model or tokenizer.model; choose a repository with"
            + " a checkpoint of transformers or a LoRA adapter of peft");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void fetchesAnAdapter() throws IOException {
    server.commit(
        "me/lora",
        Map.of(
            "adapter_config.json", new byte[2],
            "adapter_model.safetensors", new byte[9],
            "adapter_model.bin", new byte[9]));
    String commit = hub().resolve("me/lora", "main", ModelFiles.ADAPTER);
    assertThat(hub().update("me/lora", "main")).isEqualTo(commit);
    assertThat(names(hub().folder("me/lora", commit, ModelFiles.ADAPTER)))
        .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors");
  }

  @Test
  void completesWhatPythonLeftOut() throws IOException {
    Map<String, byte[]> files = model();
    String commit = server.commit(ID, files);
    Path folder = hub().folder(ID, commit, ModelFiles.MODEL);
    // As if only config, weights and tokenizer had been asked for.
    deleteAll(home.resolve("hub/models--rinna--tiny/.no_exist"));
    Files.delete(folder.resolve("generation_config.json"));
    Files.createDirectories(home.resolve("hub/models--rinna--tiny/refs"));
    Files.writeString(home.resolve("hub/models--rinna--tiny/refs/main"), commit);
    server.forgetRequests();

    assertThat(offline().resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(commit);
    assertThat(server.requests()).isEmpty();
    assertThat(folder.resolve("generation_config.json")).doesNotExist();

    assertThat(hub().resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(commit);
    assertThat(folder.resolve("generation_config.json")).exists();
    assertThat(server.requests())
        .extracting(HubServer.Request::path)
        .doesNotContain("/config.json");
    server.forgetRequests();
    hub().resolve(ID, "main", ModelFiles.MODEL);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void usesWhatItHasIfTheHubIsDown() throws IOException {
    String commit = server.commit(ID, model());
    hub().resolve(ID, "main", ModelFiles.MODEL);
    deleteAll(home.resolve("hub/models--rinna--tiny/.no_exist"));
    server.close();
    assertThat(hub().resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(commit);
  }

  @Test
  void offlineMeansNotOneRequest() {
    server.commit(ID, model());
    assertRefused(
        () -> offline().resolve(ID, "main", ModelFiles.MODEL),
        "Cannot use model rinna/tiny because HF_HUB_OFFLINE is set and %s does not have all of its revision main; run 'download rinna/tiny' where the hub can be reached, or name a local folder"
            .formatted(home.resolve("hub")));
    assertThatThrownBy(() -> offline().update(ID, "main")).isInstanceOf(HubException.class);
    assertThat(server.requests()).isEmpty();
    String commit = hub().resolve(ID, "main", ModelFiles.MODEL);
    server.forgetRequests();
    assertThat(offline().resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(commit);
    assertThat(offline().update(ID, "main")).isEqualTo(commit);
    assertThat(offline().folder(ID, commit, ModelFiles.MODEL)).exists();
    assertThat(server.requests()).isEmpty();
  }

  private Hub hub() {
    return new Hub(environment(false), time -> {}, Duration.ofSeconds(5), new HeardFetches());
  }

  private Hub offline() {
    return new Hub(environment(true), time -> {}, Duration.ofSeconds(5), new HeardFetches());
  }

  private HubEnvironment environment(boolean isOffline) {
    return new HubEnvironment(
        server.endpoint(), home, home.resolve("hub"), Optional.empty(), isOffline);
  }

  private Path folder(Map<String, byte[]> files) {
    return hub().folder(ID, server.commit(ID, files), ModelFiles.MODEL);
  }

  /** A repository with more than is needed. */
  private static Map<String, byte[]> model() {
    Map<String, byte[]> files = new HashMap<>();
    files.put("config.json", "{}".getBytes(UTF_8));
    files.put("generation_config.json", "{\"top_k\": 3}".getBytes(UTF_8));
    files.put("spiece.model", new byte[] {1, 2, 3});
    for (String name :
        List.of("model.safetensors", "pytorch_model.bin", "tf_model.h5", "README.md")) {
      byte[] contents = new byte[300_000];
      new Random(name.hashCode()).nextBytes(contents);
      files.put(name, contents);
    }
    return files;
  }

  private static byte[] index(String... shards) {
    List<String> entries = new ArrayList<>();
    for (String shard : shards) {
      entries.add("\"weight.%s\": \"%s\"".formatted(shard, shard));
    }
    return "{\"weight_map\": {%s}}".formatted(String.join(", ", entries)).getBytes(UTF_8);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void assertRefused(Runnable action, String message) {
    assertThatThrownBy(action::run)
        .isInstanceOf(HubException.class)
        .hasMessage(message)
        .extracting(e -> ((HubException) e).reason())
        .isEqualTo(HubException.Reason.REFUSED);
  }
}
