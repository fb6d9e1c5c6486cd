package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.yukiguni.hub.HubServer.cutAfter;
import static org.yukiguni.hub.HubServer.damaged;
import static org.yukiguni.hub.HubServer.status;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.hub.HubServer.Fault;

/** What happens when the hub or the way to it fails. */
@Timeout(60)
class HubFaultsTest {
  private static final String ID = "rinna/tiny";
  private static final String LIST = "GET /api/models/rinna/tiny/revision/main";
  private static final int WEIGHT_BYTES = 200_000;

  @TempDir Path home;
  private final HubServer server = new HubServer();
  private final HeardFetches heard = new HeardFetches();
  private final List<Long> waits = new CopyOnWriteArrayList<>();
  private final byte[] weights = new byte[WEIGHT_BYTES];
  private String commit;

  @BeforeEach
  void fill() {
    new Random(1).nextBytes(weights);
    commit =
        server.commit(
            ID,
            Map.of(
                "config.json", "{}".getBytes(UTF_8),
                "tokenizer.json", "{}".getBytes(UTF_8),
                "model.safetensors", weights));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theTokenGoesToTheHubOnly() throws IOException {
    server.require("hf_secret");
    resolve(Optional.of("hf_secret"));
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("storage"))
        .hasSize(1)
        .allMatch(request -> request.authorization() == null);
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("hub"))
        .allMatch(request -> request.authorization().equals("Bearer hf_secret"));
    assertWhole();
  }

  @Test
  void aCutBodyIsGoneOnWith() throws IOException {
    server.fail("GET /[0-9a-f]{64}", cutAfter(70_000), status(503), status(206));
    resolve(Optional.empty());
    List<String> ranges =
        server.requests().stream()
            .filter(request -> request.server().equals("storage"))
            .map(HubServer.Request::range)
            .toList();
    // What was sent last before a connection breaks may not arrive.
    String rest = ranges.get(1);
    assertThat(rest).matches("bytes=[1-9]\\d{4}-").isLessThanOrEqualTo("bytes=70000-");
    // The last answer is no range, so the file comes whole.
    assertThat(ranges).containsExactly(null, rest, rest, null);
    assertThat(waits).containsExactly(1L, 2L);
    assertWhole();
  }

  @Test
  void aLaterProcessGoesOnToo() throws IOException {
    List<Fault> ill = new ArrayList<>(Collections.nCopies(12, status(500)));
    ill.set(3, cutAfter(50_000));
    server.fail("GET /[0-9a-f]{64}", ill.toArray(Fault[]::new));
    assertUnreachable(
        "Cannot fetch model.safetensors of model rinna/tiny because the server localhost has a"
            + " problem (500), at each of 6 attempts; run it again later, what was fetched is kept");
    assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 1L, 2L, 4L, 8L, 16L);
    server.forgetRequests();
    resolve(Optional.empty());
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("storage"))
        .extracting(HubServer.Request::range)
        .singleElement()
        .asString()
        // Less where the last bytes before the break did not arrive.
        .matches("bytes=(50000|[1-4]\\d{4})-");
    assertWhole();
  }

  @Test
  void aLineThatBreaksOftenIsNoFailureWhileBytesCome() throws IOException {
    server.fail(
        "GET /[0-9a-f]{64}", Collections.nCopies(19, cutAfter(10_000)).toArray(Fault[]::new));
    resolve(Optional.empty());
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("storage"))
        .hasSize(20);
    assertWhole();
  }

  @Test
  void whatIsThereInFullIsCheckedAndNotFetched() throws IOException {
    Path blobs = Files.createDirectories(home.resolve("hub/models--rinna--tiny/blobs"));
    Files.write(
        blobs.resolve(HubServer.etag("model.safetensors", weights) + ".incomplete"), weights);
    resolve(Optional.empty());
    assertThat(server.requests()).noneMatch(request -> request.server().equals("storage"));
    assertWhole();
  }

  @Test
  void theRestOfOtherContentsIsThrownAway() throws IOException {
    Path blobs = Files.createDirectories(home.resolve("hub/models--rinna--tiny/blobs"));
    Files.write(
        blobs.resolve(HubServer.etag("model.safetensors", weights) + ".incomplete"),
        new byte[WEIGHT_BYTES / 2]);
    resolve(Optional.empty());
    assertThat(server.requests())
        .filteredOn(request -> request.server().equals("storage"))
        .extracting(HubServer.Request::range)
        .containsExactly("bytes=100000-", null);
    assertWhole();
  }

  @Test
  void damagedContentsAreFetchedAgainAndThenRefused() throws IOException {
    server.fail("GET /[0-9a-f]{64}", damaged());
    resolve(Optional.empty());
    assertWhole();
    String etag = HubServer.etag("tokenizer.json", "[]".getBytes(UTF_8));
    commit =
        server.commit(
            ID,
            Map.of(
                "config.json", "{}".getBytes(UTF_8),
                "tokenizer.json", "[]".getBytes(UTF_8),
                "model.safetensors", weights));
    server.fail("GET .*tokenizer.json", Collections.nCopies(6, damaged()).toArray(Fault[]::new));
    assertThatThrownBy(() -> hub(Optional.empty()).update(ID, "main"))
        .isInstanceOf(HubException.class)
        .hasMessageMatching(
            "Cannot fetch tokenizer.json of model rinna/tiny because 2 bytes came whose hash is"
                + " [0-9a-f]{40} instead of 2 bytes with "
                + etag
                + ", at each of 6 attempts; .*");
    assertThat(home.resolve("hub/models--rinna--tiny/blobs").resolve(etag)).doesNotExist();
    assertThat(home.resolve("hub/models--rinna--tiny/snapshots").resolve(commit)).doesNotExist();
  }

  @Test
  void waitsAsLongAsTheHubAsks() {
    String inTwoMinutes =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(120));
    server.fail(
        LIST,
        status(429, "Retry-After", "37"),
        status(429, "RateLimit", "\"api\";r=0;t=55"),
        status(429, "Retry-After", inTwoMinutes),
        status(429));
    resolve(Optional.empty());
    assertThat(waits).hasSize(4).startsWith(37L, 55L).endsWith(8L);
    assertThat(waits.get(2)).isBetween(100L, 120L);
  }

  @Test
  void doesNotWaitForHours() {
    server.fail(LIST, status(429, "Retry-After", "3600"));
    assertUnreachable(
        "Cannot ask "
            + server.endpoint()
            + " for model rinna/tiny because the hub limits the rate of requests (429) and asks"
            + " to wait 3600 s; run it again then");
    assertThat(waits).isEmpty();
  }

  @Test
  void aSilentConnectionIsGivenUp() throws IOException {
    CountDownLatch end = new CountDownLatch(1);
    server.fail(
        "GET /[0-9a-f]{64}",
        (exchange, contents) -> {
          exchange.sendResponseHeaders(200, contents.length);
          exchange.getResponseBody().write(contents, 0, 10_000);
          exchange.getResponseBody().flush();
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    resolve(Optional.empty());
    end.countDown();
    assertThat(waits).hasSize(1);
    assertWhole();
  }

  @Test
  void theListenerHearsOfEveryByteOnce() throws IOException {
    server.fail("GET /[0-9a-f]{64}", cutAfter(70_000), damaged(), cutAfter(10_000));
    resolve(Optional.empty());
    assertWhole();
    // The two small files have the same contents.
    long all = weights.length + 2L;
    assertThat(heard.last()).isEqualTo(new HeardFetches.Told(ID, all, all));
    assertThat(heard.told()).allMatch(told -> told.bytes() >= 0);
    assertThat(heard.told()).anyMatch(told -> told.bytes() > 60_000 && told.bytes() < 80_000);
    assertThat(heard.ended()).containsExactly(ID);
    resolve(Optional.empty());
    assertThat(heard.ended()).as("what is there is not fetched").hasSize(1);
  }

  @Test
  void aHubThatIsNotThereIsTriedAgain() {
    server.close();
    assertThatThrownBy(() -> resolve(Optional.empty()))
        .isInstanceOf(HubException.class)
        .hasMessageStartingWith(
            "Cannot ask %s for model rinna/tiny because of ConnectException"
                .formatted(server.endpoint()))
        .hasMessageEndingWith(
            "at each of 6 attempts; run it again later, what was fetched is kept");
  }

  @Test
  void everyRefusalSaysWhatToDo() {
    String hub = server.endpoint().toString();
    assertRefused(
        Optional.empty(),
        status(401, "X-Error-Code", "RepoNotFound"),
        hub
            + " has no model of that id, or does not show it without a token (401); correct the id,"
            + " or give a local folder, or set HF_TOKEN if it is private");
    assertRefused(
        Optional.of("hf_x"),
        status(404, "X-Error-Code", "RepoNotFound"),
        hub
            + " has no model of that id, or does not show it to the account of the token (404);"
            + " correct the id, or give a local folder");
    assertRefused(
        Optional.of("hf_x"),
        status(401, "X-Error-Message", "Invalid credentials in Authorization header"),
        "the hub does not accept the token (401: Invalid credentials in Authorization header); make"
            + " a new one at "
            + hub
            + "/settings/tokens");
    assertRefused(
        Optional.empty(),
        status(401),
        "the hub wants to know who asks (401: it gives no reason); set HF_TOKEN");
    assertRefused(
        Optional.of("hf_x"),
        status(403, "X-Error-Code", "GatedRepo", "X-Error-Message", "Ask for access first"),
        "it is gated (403: Ask for access first); accept its conditions at "
            + hub
            + "/rinna/tiny and use the token of that account");
    assertRefused(
        Optional.empty(),
        status(401, "X-Error-Code", "GatedRepo"),
        "it is gated (401: it gives no reason); accept its conditions at "
            + hub
            + "/rinna/tiny and set HF_TOKEN to a token of that account");
    assertRefused(
        Optional.of("hf_x"),
        status(403, "X-Error-Message", "token scope"),
        "the hub forbids it (403: token scope); give the token the right to read it");
    assertRefused(
        Optional.empty(),
        status(404, "X-Error-Code", "RevisionNotFound"),
        "it has no revision main; see the branches and tags at " + hub + "/rinna/tiny");
    assertRefused(
        Optional.empty(),
        status(418),
        "127.0.0.1 answers 418 to the question for main (it gives no reason); check HF_ENDPOINT");
    assertRefused(
        Optional.empty(),
        (exchange, contents) -> {
          exchange.sendResponseHeaders(200, 4);
          exchange.getResponseBody().write("<htm".getBytes(UTF_8));
          exchange.close();
        },
        "the answer is not that of a hub (no sha and siblings); check HF_ENDPOINT");
    assertThat(waits).isEmpty();
  }

  @Test
  void aFileThatIsGoneIsNamed() {
    server.fail("HEAD .*tokenizer.json", status(404, "X-Error-Code", "EntryNotFound"));
    assertThatThrownBy(() -> resolve(Optional.empty()))
        .hasMessage(
            "Cannot fetch model rinna/tiny because it has no file tokenizer.json; see %s/rinna/tiny"
                .formatted(server.endpoint()));
  }

  @Test
  void aRenamedRepositoryIsFollowed() {
    server.fail(
        "GET /api/models/rinna/old/",
        status(307, "Location", "/api/models/rinna/tiny/revision/main"));
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      String to = "/rinna/tiny/resolve/" + commit + "/" + name;
      server.fail("HEAD /rinna/old/resolve/.*" + name, status(307, "Location", to));
      server.fail("GET /rinna/old/resolve/.*" + name, status(307, "Location", to));
    }
    assertThat(hub(Optional.empty()).resolve("rinna/old", "main", ModelFiles.MODEL))
        .isEqualTo(commit);
  }

  private void resolve(Optional<String> token) {
    assertThat(hub(token).resolve(ID, "main", ModelFiles.MODEL)).isEqualTo(commit);
  }

  private Hub hub(Optional<String> token) {
    return new Hub(
        new HubEnvironment(server.endpoint(), home, home.resolve("hub"), token, false),
        wait -> waits.add(wait.toSeconds()),
        Duration.ofMillis(500),
        heard);
  }

  private void assertWhole() throws IOException {
    Path repository = home.resolve("hub/models--rinna--tiny");
    assertThat(repository.resolve("snapshots").resolve(commit).resolve("model.safetensors"))
        .hasBinaryContent(weights);
    try (Stream<Path> blobs = Files.list(repository.resolve("blobs"))) {
      assertThat(blobs).noneMatch(blob -> blob.toString().endsWith(".incomplete"));
    }
  }

  private void assertRefused(Optional<String> token, Fault answer, String because) {
    server.fail(LIST, answer);
    assertThatThrownBy(() -> resolve(token))
        .isInstanceOf(HubException.class)
        .hasMessage("Cannot fetch model rinna/tiny because " + because)
        .extracting(e -> ((HubException) e).reason())
        .isEqualTo(HubException.Reason.REFUSED);
  }

  private void assertUnreachable(String message) {
    assertThatThrownBy(() -> resolve(Optional.empty()))
        .isInstanceOf(HubException.class)
        .hasMessage(message)
        .extracting(e -> ((HubException) e).reason())
        .isEqualTo(HubException.Reason.UNREACHABLE);
  }
}
