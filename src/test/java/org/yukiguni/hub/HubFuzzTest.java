package org.yukiguni.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yukiguni.fuzz.Fuzzer;

/** What a server or a repository may say. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HubFuzzTest {
  private static final byte[] LISTING =
      """
      {"id": "a/b", "sha": "0123456789abcdef0123456789abcdef01234567", "siblings":
       [{"rfilename": "config.json", "size": 12}, {"rfilename": "model.safetensors"}]}
      """
          .getBytes(UTF_8);
  private static final byte[] INDEX =
      """
      {"metadata": {"total_size": 12}, "weight_map":
       {"a.weight": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
      """
          .getBytes(UTF_8);

  @Test
  void listings() {
    Fuzzer.run(
        "hub API",
        List.of(LISTING),
        20_000,
        input -> {
          HubClient.Listing listing = HubClient.listing(input, "a/b");
          ModelFiles.of(listing.files()).missing(listing.files());
        },
        HubException.class);
  }

  @Test
  void indices() {
    Fuzzer.run(
        "index of shards (hub)",
        List.of(INDEX),
        20_000,
        input ->
            ModelFiles.MODEL.choose(
                Set.of("config.json", "model.safetensors.index.json"), name -> input),
        HubException.class,
        // The caller says which file it is.
        IOException.class);
  }

  @Test
  void etags() {
    Fuzzer.run(
        "ETag",
        List.of("W/\"ce013625030ba8dba906f756967f9e9ca394464a\"".getBytes(UTF_8)),
        20_000,
        input -> Etag.parse(new String(input, UTF_8)).orElseThrow().check(input.length),
        NoSuchElementException.class);
  }
}
