package org.yukiguni.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A tokenizer.json, run by Hugging Face's tokenizers through DJL. The file is taken as it is, apart
 * from what {@link #surroundings} says.
 *
 * <p>The only class of the room that knows DJL.
 */
final class JsonTokenizer implements Tokenizer {
  /** The classes of transformers 4 that rebuild the file's template from tokenizer_config.json. */
  private static final Set<String> REBUILD_TEMPLATE =
      Set.of(
          "LlamaTokenizer",
          "LlamaTokenizerFast",
          "CodeLlamaTokenizer",
          "CodeLlamaTokenizerFast",
          "GemmaTokenizer",
          "GemmaTokenizerFast");

  static {
    // DJL reports its use to a server, and where it sees a GPU it downloads another build of its
    // native library, unless these are set before its first class is loaded.
    setUnlessSet("OPT_OUT_TRACKING", "true");
    setUnlessSet("RUST_FLAVOR", "cpu");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final JsonTokenizerFile file;
  private final TokenizerConfig config;
  private final Surroundings surroundings;
  private final ByteFallback byteFallback;

  private JsonTokenizer(
      HuggingFaceTokenizer tokenizer, JsonTokenizerFile file, TokenizerConfig config) {
    this.tokenizer = tokenizer;
    this.file = file;
    this.config = config;
    this.surroundings = surroundings();
    this.byteFallback = new ByteFallback(file.byteTokens(), stripsLeadingBlank());
  }

  /** Found out by a try, since decoders can be nested in many ways. */
  private boolean stripsLeadingBlank() {
    return file.byteTokens().entrySet().stream()
        .filter(entry -> entry.getValue() == ' ')
        .anyMatch(entry -> decode(new int[] {entry.getKey()}).isEmpty());
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null && System.getenv(property) == null) {
      System.setProperty(property, value);
    }
  }

  static Tokenizer open(Path path, TokenizerConfig config) {
    Set<String> wanted =
        config.named().values().stream().map(AddedToken::content).collect(Collectors.toSet());
    JsonTokenizerFile file = JsonTokenizerFile.read(path, wanted);
    // Without these DJL cuts every text at 512 tokens.
    Map<String, String> options =
        Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");
    try (InputStream in = Files.newInputStream(path)) {
      return new JsonTokenizer(HuggingFaceTokenizer.newInstance(in, options), file, config);
    } catch (IOException | RuntimeException e) {
      throw new TokenizerException(
          "Cannot open "
              + path
              + " because "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("of an unknown reason")
              + "; check that the file is complete.",
          e);
    }
  }

  /** Ids around a text where the configuration overrules the file's template. */
  private record Surroundings(int[] before, int[] after) {}

  /**
   * What {@code add_bos_token} and {@code add_eos_token} put around a text.
   *
   * @return null where the file's own template holds
   */
  private Surroundings surroundings() {
    boolean says = config.addBosToken().isPresent() || config.addEosToken().isPresent();
    if (!says || !REBUILD_TEMPLATE.contains(config.tokenizerClass().orElse(""))) {
      return null;
    }
    return new Surroundings(
        config.addBosToken().orElse(true) ? bosTokenId().stream().toArray() : new int[0],
        config.addEosToken().orElse(false) ? eosTokenId().stream().toArray() : new int[0]);
  }

  @Override
  public int[] encode(String text) {
    return ids(tokenizer.encode(Utf8.withoutLoneSurrogates(text), false, false).getIds());
  }

  @Override
  public int[] encodeWithSpecialTokens(String text) {
    if (surroundings == null) {
      return ids(tokenizer.encode(Utf8.withoutLoneSurrogates(text), true, false).getIds());
    }
    TokenBuffer out = new TokenBuffer();
    out.addAll(surroundings.before());
    out.addAll(encode(text));
    out.addAll(surroundings.after());
    return out.toArray();
  }

  private static int[] ids(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public String decode(int[] ids) {
    return tokenizer.decode(known(ids), false);
  }

  @Override
  public String decodeSkippingSpecialTokens(int[] ids) {
    return tokenizer.decode(known(ids), true);
  }

  /** The ids inside the vocabulary: the native library ends the call, or worse, at others. */
  private long[] known(int[] ids) {
    return Arrays.stream(ids).filter(this::isKnown).asLongStream().toArray();
  }

  @Override
  public IncrementalDecoder incrementalDecoder(int[] promptTokens) {
    return new JsonDecoder(
        this::decode, id -> !isKnown(id) || isSpecialToken(id), byteFallback, promptTokens);
  }

  @Override
  public IncrementalDecoder incrementalDecoderShowingSpecialTokens(int[] promptTokens) {
    return new JsonDecoder(this::decode, id -> !isKnown(id), byteFallback, promptTokens);
  }

  private boolean isKnown(int id) {
    return id >= 0 && id < file.vocabularySize();
  }

  @Override
  public int vocabularySize() {
    return file.vocabularySize();
  }

  @Override
  public boolean isSpecialToken(int id) {
    return file.isSpecial(id);
  }

  @Override
  public int[] specialTokenIds() {
    return file.specialIds();
  }

  @Override
  public OptionalInt bosTokenId() {
    return idOf("bos_token");
  }

  @Override
  public OptionalInt eosTokenId() {
    return idOf("eos_token");
  }

  @Override
  public OptionalInt padTokenId() {
    return idOf("pad_token");
  }

  @Override
  public Map<String, String> namedSpecialTokens() {
    return config.namedTexts();
  }

  private OptionalInt idOf(String role) {
    Integer id = config.named(role).map(token -> file.idOf(token.content())).orElse(null);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
