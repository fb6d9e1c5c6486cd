package org.yukiguni.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the environment says about the hub, in the <a
 * href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">names
 * and defaults of Hugging Face's own library</a>.
 *
 * @param endpoint {@code HF_ENDPOINT}, without a slash at its end
 * @param home {@code HF_HOME}; the folder of all that is kept
 * @param cache {@code HF_HUB_CACHE}; the folder of what came from the hub
 * @param token {@code HF_TOKEN}, or the file that {@code hf auth login} writes
 * @param isOffline {@code HF_HUB_OFFLINE}; not one request is made
 */
record HubEnvironment(
    URI endpoint, Path home, Path cache, Optional<String> token, boolean isOffline) {
  private static final Pattern HTTP = Pattern.compile("https?://[^/?#]+[^?#]*");
  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

  /** The environment of this process. */
  static HubEnvironment ofProcess() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /**
   * Reads variables.
   *
   * @throws HubException if the endpoint is no URL or the file with the token cannot be read
   */
  static HubEnvironment of(Map<String, String> variables, Path userHome) {
    Path caches = path(variables, "XDG_CACHE_HOME", userHome, userHome.resolve(".cache"));
    Path home = path(variables, "HF_HOME", userHome, caches.resolve("huggingface"));
    // The older name first, as the default of the newer one.
    Path cache = path(variables, "HUGGINGFACE_HUB_CACHE", userHome, home.resolve("hub"));
    return new HubEnvironment(
        endpoint(variables.getOrDefault("HF_ENDPOINT", "https://huggingface.co")),
        home,
        path(variables, "HF_HUB_CACHE", userHome, cache),
        text(variables, "HF_TOKEN")
            .or(() -> text(variables, "HUGGING_FACE_HUB_TOKEN"))
            .or(() -> token(path(variables, "HF_TOKEN_PATH", userHome, home.resolve("token")))),
        isTrue(variables, "HF_HUB_OFFLINE") || isTrue(variables, "TRANSFORMERS_OFFLINE"));
  }

  /** The same host with what the driver's environment says about the hub. */
  HubEnvironment with(URI otherEndpoint, boolean otherIsOffline) {
    return new HubEnvironment(otherEndpoint, home, cache, token, otherIsOffline || isOffline);
  }

  private static Optional<String> text(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  private static boolean isTrue(Map<String, String> variables, String name) {
    return text(variables, name).filter(v -> TRUE.contains(v.toUpperCase(Locale.ROOT))).isPresent();
  }

  private static Path path(
      Map<String, String> variables, String name, Path userHome, Path otherwise) {
    return text(variables, name)
        .map(v -> v.equals("~") || v.startsWith("~/") ? userHome + v.substring(1) : v)
        .map(v -> Path.of(v).toAbsolutePath().normalize())
        .orElse(otherwise);
  }

  private static URI endpoint(String text) {
    if (!HTTP.matcher(text).matches()) {
      throw HubException.refused(
          "Cannot use HF_ENDPOINT "
              + text
              + " because it is no http or https address; set it to one such as"
              + " https://huggingface.co");
    }
    return URI.create(text.replaceFirst("/+$", ""));
  }

  private static Optional<String> token(Path file) {
    try {
      return Files.isRegularFile(file)
          ? Optional.of(Files.readString(file).strip()).filter(s -> !s.isEmpty())
          : Optional.empty();
    } catch (IOException e) {
      throw HubException.refused(
          "Cannot read the hub's token from " + file + " because of " + e + "; make it readable");
    }
  }

  /** Without the token, which must not get into a log. */
  @Override
  public String toString() {
    return "%s, cache %s, %s, %s"
        .formatted(
            endpoint,
            cache,
            token.isPresent() ? "with a token" : "without a token",
            isOffline ? "offline" : "online");
  }
}
