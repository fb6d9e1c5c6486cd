package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.yukiguni.hub.Retry.TransientException;

/** The few requests of the hub's protocol that a download needs; each is one attempt. */
final class HubClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_LISTING_BYTES = 64 << 20;
  private static final int MAX_REDIRECTS = 8;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final HubEnvironment hub;
  private final Duration silence;

  /** HTTP/1.1, since parallel downloads should have a connection each. */
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();

  /**
   * Makes a client; connects to nothing yet.
   *
   * @param silence a body that gives nothing for so long has failed
   */
  HubClient(HubEnvironment hub, Duration silence) {
    this.hub = hub;
    this.silence = silence;
  }

  /** A revision as the hub sees it now. */
  record Listing(String commit, Set<String> files) {}

  /** A file's contents: where they are, their name, and their size in bytes. */
  record RemoteFile(String model, String name, URI address, Etag etag, long size) {}

  /** Asks for the commit of a revision and the names of its files. */
  Listing list(String model, String revision) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        send("GET", address("/api/models/" + model + "/revision/" + escaped(revision)), 0);
    try (InputStream body = new WatchedStream(response.body(), silence)) {
      require(response, 200, model, revision);
      byte[] json = body.readNBytes(MAX_LISTING_BYTES);
      return listing(json, model);
    }
  }

  /**
   * Reads the answer to {@link #list}.
   *
   * @throws HubException if it is none
   */
  static Listing listing(byte[] json, String model) {
    try {
      JsonNode answer = JSON.readTree(json);
      String commit = answer.path("sha").asText();
      Set<String> files = new LinkedHashSet<>();
      answer.path("siblings").forEach(file -> files.add(file.path("rfilename").asText()));
      if (HubCache.isCommit(commit) && !files.isEmpty()) {
        return new Listing(commit, files);
      }
    } catch (IOException e) {
      // No JSON, or no text at all. Falls through to the same sentence.
    }
    throw HubException.refused(
        "Cannot fetch model "
            + model
            + " because the answer is not that of a hub (no sha and siblings); check HF_ENDPOINT");
  }

  /** Asks for the name and size of a file's contents. */
  RemoteFile head(String model, String commit, String name)
      throws IOException, InterruptedException {
    URI address = address("/" + model + "/resolve/" + commit + "/" + escaped(name));
    HttpResponse<InputStream> response = send("HEAD", address, 0);
    response.body().close();
    // A redirect to the storage has the file's headers, the storage's own may differ.
    if (response.statusCode() / 100 != 3) {
      require(response, 200, model, name);
    }
    var headers = response.headers();
    String from = headers.firstValue("X-Repo-Commit").orElse(commit);
    String etag =
        headers.firstValue("X-Linked-Etag").or(() -> headers.firstValue("ETag")).orElse("");
    long size =
        headers
            .firstValueAsLong("X-Linked-Size")
            .orElseGet(() -> headers.firstValueAsLong("Content-Length").orElse(-1));
    if (!from.equals(commit) || Etag.parse(etag).isEmpty() || size < 0) {
      throw HubException.refused(
          "Cannot fetch %s of model %s because the answer is not that of a hub (commit %s, ETag %s, size %d); check HF_ENDPOINT"
              .formatted(name, model, from, etag, size));
    }
    return new RemoteFile(model, name, address, Etag.parse(etag).get(), size);
  }

  /** A part of a file; the server may give the whole file instead. */
  record Body(InputStream stream, long start) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  /** Asks for a file from an offset on. */
  Body open(RemoteFile file, long from) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = send("GET", file.address(), from);
    String range = response.headers().firstValue("Content-Range").orElse("");
    if (response.statusCode() == 206 && range.startsWith("bytes " + from + "-")) {
      return new Body(new WatchedStream(response.body(), silence), from);
    }
    if (response.statusCode() != 200) {
      response.body().close();
      if (from > 0 && (response.statusCode() == 206 || response.statusCode() == 416)) {
        return open(file, 0);
      }
    }
    require(response, 200, file.model(), file.name());
    return new Body(new WatchedStream(response.body(), silence), 0);
  }

  private HttpResponse<InputStream> send(String method, URI address, long from)
      throws IOException, InterruptedException {
    URI at = address;
    for (int hop = 0; hop < MAX_REDIRECTS; hop++) {
      HttpResponse<InputStream> response =
          http.send(request(method, at, from), BodyHandlers.ofInputStream());
      String location = response.headers().firstValue("Location").orElse("");
      if (response.statusCode() / 100 != 3 || location.isEmpty()) {
        return response;
      }
      URI next = redirected(at, location);
      if (method.equals("HEAD") && !isHub(next)) {
        return response;
      }
      response.body().close();
      at = next;
    }
    throw new TransientException("the server redirects in circles");
  }

  private static URI redirected(URI from, String location) {
    try {
      URI next = from.resolve(new URI(location));
      if (next.getHost() != null && Set.of("http", "https").contains(next.getScheme())) {
        return next;
      }
    } catch (URISyntaxException e) {
      // Falls through to the same sentence.
    }
    throw HubException.refused(
        "Cannot follow " + from + " because it redirects to " + location + "; check HF_ENDPOINT");
  }

  private HttpRequest request(String method, URI at, long from) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(ANSWER)
            .header("User-Agent", "yukiguni")
            // Sizes and offsets are those of the file, not of a compressed form of it.
            .header("Accept-Encoding", "identity");
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    // To nobody but the hub: the storage that it redirects to belongs to others.
    if (isHub(at)) {
      hub.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    return request.build();
  }

  private boolean isHub(URI address) {
    URI endpoint = hub.endpoint();
    return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
        && endpoint.getRawAuthority().equalsIgnoreCase(address.getRawAuthority());
  }

  private void require(HttpResponse<?> response, int status, String model, String wanted)
      throws TransientException {
    if (response.statusCode() != status) {
      throw HubErrors.of(response, hub, model, wanted);
    }
  }

  private URI address(String path) {
    return URI.create(hub.endpoint() + path);
  }

  private static String escaped(String segment) {
    return URLEncoder.encode(segment, UTF_8).replace("+", "%20");
  }
}
