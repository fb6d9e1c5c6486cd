package org.yukiguni.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compared with huggingface_hub's constants.py. */
class HubEnvironmentTest {
  @TempDir Path user;

  @Test
  void defaults() {
    assertThat(of(Map.of()))
        .isEqualTo(
            new HubEnvironment(
                URI.create("https://huggingface.co"),
                user.resolve(".cache/huggingface"),
                user.resolve(".cache/huggingface/hub"),
                Optional.empty(),
                false));
  }

  @Test
  void foldersFollowEachOther() {
    assertThat(of(Map.of("XDG_CACHE_HOME", "/x")).cache()).isEqualTo(Path.of("/x/huggingface/hub"));
    assertThat(of(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "~/h")).cache())
        .isEqualTo(user.resolve("h/hub"));
    assertThat(of(Map.of("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old")).cache())
        .isEqualTo(Path.of("/old"));
    assertThat(of(Map.of("HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/new")).cache())
        .isEqualTo(Path.of("/new"));
  }

  @Test
  void theTokenIsTheVariablesOrTheFiles() throws IOException {
    assertThat(of(Map.of("HF_HOME", user.toString(), "HF_TOKEN", " ")).token()).isEmpty();
    Files.writeString(user.resolve("token"), "hf_file\n");
    Files.writeString(user.resolve("other"), "hf_other");
    Map<String, String> home = Map.of("HF_HOME", user.toString());
    assertThat(of(home).token()).hasValue("hf_file");
    assertThat(of(Map.of("HF_TOKEN_PATH", "~/other")).token()).hasValue("hf_other");
    assertThat(of(Map.of("HF_HOME", user.toString(), "HF_TOKEN", " hf_x\n")).token())
        .hasValue("hf_x");
    assertThat(of(Map.of("HUGGING_FACE_HUB_TOKEN", "hf_old")).token()).hasValue("hf_old");
  }

  @Test
  void theTokenIsNotShown() {
    assertThat(of(Map.of("HF_TOKEN", "hf_secret")).toString())
        .contains("with a token")
        .doesNotContain("hf_secret");
  }

  @Test
  void offline() {
    for (String yes : new String[] {"1", "on", "Yes", "TRUE"}) {
      assertThat(of(Map.of("HF_HUB_OFFLINE", yes)).isOffline()).as(yes).isTrue();
    }
    assertThat(of(Map.of("HF_HUB_OFFLINE", "0")).isOffline()).isFalse();
    assertThat(of(Map.of("TRANSFORMERS_OFFLINE", "1")).isOffline()).isTrue();
    URI other = URI.create("http://mirror");
    assertThat(of(Map.of()).with(other, true).isOffline()).isTrue();
    assertThat(of(Map.of("HF_HUB_OFFLINE", "1")).with(other, false).isOffline()).isTrue();
    assertThat(of(Map.of()).with(other, false).endpoint()).isEqualTo(other);
  }

  @Test
  void theEndpointIsAnAddress() {
    assertThat(of(Map.of("HF_ENDPOINT", "http://mirror:8080/hf//")).endpoint())
        .isEqualTo(URI.create("http://mirror:8080/hf"));
    assertThatThrownBy(() -> of(Map.of("HF_ENDPOINT", "mirror")))
        .isInstanceOf(HubException.class)
        .hasMessage(
            "Cannot use HF_ENDPOINT mirror because it is no http or https address; set it to one"
                + " such as https://huggingface.co");
  }

  private HubEnvironment of(Map<String, String> variables) {
    return HubEnvironment.of(variables, user);
  }
}
