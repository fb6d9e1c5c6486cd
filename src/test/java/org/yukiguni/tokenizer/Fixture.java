package org.yukiguni.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A tokenizer folder with a golden.json beside it. The folders lie under the test resources'
 * fixtures, or under the folder that the system property {@code fixtures} names.
 *
 * @param golden what transformers, tokenizers and sentencepiece gave
 */
public record Fixture(Path folder, JsonNode golden) {
  private static final Path COMMITTED = Path.of("src/test/resources/fixtures");
  private static final Path ROOT = Path.of(System.getProperty("fixtures", COMMITTED.toString()));

  /** The folder of all fixtures. */
  public static Path root() {
    return ROOT;
  }

  /** The tokenizer folders. */
  public static List<Fixture> all() {
    return in(ROOT.resolve("tokenizers"));
  }

  /** The model folders, which have prompts in their golden.json. */
  static List<Fixture> models() {
    return in(ROOT).stream().filter(fixture -> fixture.golden().has("prompts")).toList();
  }

  private static List<Fixture> in(Path root) {
    return folders(root).stream().map(Fixture::of).toList();
  }

  /** The folders in a folder that have a golden.json; none if it is not there. */
  public static List<Path> folders(Path root) {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(root)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("golden.json")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A tokenizer folder of the test resources, whatever the system property says. */
  static Fixture named(String kind) {
    return of(COMMITTED.resolve("tokenizers").resolve(kind));
  }

  public static Fixture of(Path folder) {
    return new Fixture(folder, json(folder.resolve("golden.json")));
  }

  static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] ints(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  /** The ids of a case: what transformers' slow tokenizers give where it is not the library's. */
  static int[] expectedIds(JsonNode testCase) {
    return ints(testCase.has("slow_ids") ? testCase.get("slow_ids") : testCase.get("ids"));
  }

  /** The text of ids without the special ones, which is not repeated where it is the same. */
  static String expectedDecodeSkip(JsonNode testCase) {
    return testCase.path("decode_skip").asText(testCase.get("decode").asText());
  }

  boolean isSentencePiece() {
    return golden.has("special_pattern");
  }

  Tokenizer open() {
    return Tokenizer.open(folder);
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
