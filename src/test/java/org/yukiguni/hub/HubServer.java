package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A hub on loopback: the part of the protocol that downloads use, and a storage on a port of its
 * own that weights are redirected to. It notes every request, and fails as it is told.
 */
public final class HubServer implements AutoCloseable {
  private static final Pattern LIST = Pattern.compile("/api/models/([^/]+/[^/]+)/revision/([^/]+)");
  private static final Pattern FILE = Pattern.compile("/([^/]+/[^/]+)/resolve/([^/]+)/(.+)");

  private final HttpServer hub = server(this::answer);
  private final HttpServer storage = server(this::store);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Map<String, byte[]>> commits = new HashMap<>();
  private final Map<String, String> branches = new HashMap<>();
  private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Map<Pattern, ConcurrentLinkedDeque<Fault>> faults = new HashMap<>();
  private String token;

  /** A request as it came. */
  public record Request(
      String server, String method, String path, String authorization, String range) {
    @Override
    public String toString() {
      return server + " " + method + " " + path + (range == null ? "" : " " + range);
    }
  }

  /** Answers a request otherwise. */
  interface Fault {
    void answer(HttpExchange exchange, byte[] contents) throws IOException;
  }

  public HubServer() {
    hub.setExecutor(threads);
    storage.setExecutor(threads);
    hub.start();
    storage.start();
  }

  /** What {@code HF_ENDPOINT} should be. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  /** From now on nothing is shown to those without this token. */
  void require(String required) {
    token = required;
  }

  /** Makes a commit of a repository's branch {@code main}; its name is the commit. */
  public String commit(String id, Map<String, byte[]> files) {
    StringBuilder tree = new StringBuilder();
    new TreeMap<>(files).forEach((name, file) -> tree.append(name).append(etag(name, file)));
    String commit = hash("SHA-1", tree.toString().getBytes(UTF_8));
    commits.put(id + "@" + commit, new TreeMap<>(files));
    branches.put(id + "@main", commit);
    return commit;
  }

  /** The same of the files of a folder. */
  public String commit(String id, Path folder) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (var list = Files.list(folder)) {
      for (Path file : list.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return commit(id, files);
  }

  /** Names a commit. */
  void branch(String id, String name, String commit) {
    branches.put(id + "@" + name, commit);
  }

  /** Answers the next request whose "METHOD path" has a match otherwise; of several, one each. */
  void fail(String request, Fault... answers) {
    faults.put(Pattern.compile(request), new ConcurrentLinkedDeque<>(List.of(answers)));
  }

  /** A status with headers in pairs. */
  static Fault status(int status, String... headers) {
    return (exchange, contents) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    };
  }

  /** A body, or the rest of it that was asked for, that ends after some bytes. */
  static Fault cutAfter(int bytes) {
    return (exchange, contents) -> {
      String range = exchange.getRequestHeaders().getFirst("Range");
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
      if (range != null) {
        exchange
            .getResponseHeaders()
            .add("Content-Range", "bytes " + from + "-/" + contents.length);
      }
      exchange.sendResponseHeaders(range == null ? 200 : 206, contents.length - from);
      exchange.getResponseBody().write(contents, from, bytes);
      exchange.getResponseBody().flush();
      throw new IOException("cut");
    };
  }

  /** Whole contents with one bit changed. */
  static Fault damaged() {
    return (exchange, contents) -> {
      byte[] changed = contents.clone();
      changed[changed.length / 2] ^= 1;
      exchange.sendResponseHeaders(200, changed.length);
      exchange.getResponseBody().write(changed);
      exchange.close();
    };
  }

  /** What was asked, in the order in which it came. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Begins a new list of requests. */
  public void forgetRequests() {
    requests.clear();
  }

  /** The name that the hub gives contents. */
  static String etag(String name, byte[] contents) {
    return isLarge(name)
        ? hash("SHA-256", contents)
        : hash("SHA-1", ("blob " + contents.length + "\0").getBytes(UTF_8), contents);
  }

  private static String hash(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isLarge(String name) {
    return name.endsWith(".safetensors") || name.endsWith(".bin") || name.endsWith(".model");
  }

  private void answer(HttpExchange exchange) throws IOException {
    note("hub", exchange);
    String path = exchange.getRequestURI().getRawPath();
    Matcher list = LIST.matcher(path);
    Matcher file = FILE.matcher(path);
    boolean isFile = file.matches();
    if (!isFile && !list.matches()) {
      status(404).answer(exchange, null);
      return;
    }
    Matcher asked = isFile ? file : list;
    String id = asked.group(1);
    String revision = URLDecoder.decode(asked.group(2), UTF_8);
    String commit = branches.getOrDefault(id + "@" + revision, revision);
    Map<String, byte[]> files = commits.get(id + "@" + commit);
    byte[] contents = isFile && files != null ? files.get(file.group(3)) : null;
    Optional<Fault> fault = fault(exchange);
    if (fault.isPresent()) {
      fault.get().answer(exchange, contents);
      return;
    }
    boolean isKnown = commits.keySet().stream().anyMatch(key -> key.startsWith(id + "@"));
    String sent = exchange.getRequestHeaders().getFirst("Authorization");
    if (token != null && !("Bearer " + token).equals(sent)) {
      status(401, "X-Error-Code", "RepoNotFound").answer(exchange, null);
    } else if (!isKnown) {
      status(404, "X-Error-Code", "RepoNotFound").answer(exchange, null);
    } else if (files == null) {
      status(404, "X-Error-Code", "RevisionNotFound").answer(exchange, null);
    } else if (!isFile) {
      body(exchange, 200, listing(id, commit, files).getBytes(UTF_8));
    } else if (contents == null) {
      status(404, "X-Error-Code", "EntryNotFound").answer(exchange, null);
    } else {
      give(exchange, commit, file.group(3), contents);
    }
  }

  private void give(HttpExchange exchange, String commit, String name, byte[] contents)
      throws IOException {
    exchange.getResponseHeaders().add("X-Repo-Commit", commit);
    String etag = etag(name, contents);
    if (!isLarge(name)) {
      exchange.getResponseHeaders().add("ETag", '"' + etag + '"');
      ranged(exchange, contents);
      return;
    }
    stored.put(etag, contents);
    String address = "http://localhost:%d/%s".formatted(storage.getAddress().getPort(), etag);
    status(
            302,
            "X-Linked-Etag",
            '"' + etag + '"',
            "X-Linked-Size",
            Integer.toString(contents.length),
            "Location",
            address)
        .answer(exchange, null);
  }

  private static String listing(String id, String commit, Map<String, byte[]> files) {
    return files.keySet().stream()
        .map("{\"rfilename\": \"%s\"}"::formatted)
        .collect(
            Collectors.joining(
                ", ",
                "{\"id\": \"%s\", \"sha\": \"%s\", \"siblings\": [".formatted(id, commit),
                "]}"));
  }

  private void store(HttpExchange exchange) throws IOException {
    note("storage", exchange);
    byte[] contents = stored.get(exchange.getRequestURI().getPath().substring(1));
    Optional<Fault> fault = fault(exchange);
    if (fault.isPresent()) {
      fault.get().answer(exchange, contents);
    } else {
      ranged(exchange, contents);
    }
  }

  private static void ranged(HttpExchange exchange, byte[] contents) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    if (range == null) {
      body(exchange, 200, contents);
      return;
    }
    int from = Integer.parseInt(range.replaceAll("\\D", ""));
    exchange
        .getResponseHeaders()
        .add(
            "Content-Range",
            "bytes %d-%d/%d".formatted(from, contents.length - 1, contents.length));
    body(exchange, 206, Arrays.copyOfRange(contents, from, contents.length));
  }

  private static void body(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private void note(String server, HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    requests.add(
        new Request(
            server,
            exchange.getRequestMethod(),
            exchange.getRequestURI().getRawPath(),
            headers.getFirst("Authorization"),
            headers.getFirst("Range")));
  }

  private Optional<Fault> fault(HttpExchange exchange) {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath();
    return faults.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(request).find())
        .map(entry -> entry.getValue().poll())
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static HttpServer server(HttpHandler handler) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", handler);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
    threads.shutdownNow();
  }
}
