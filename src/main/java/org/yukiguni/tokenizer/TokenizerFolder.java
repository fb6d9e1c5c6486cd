package org.yukiguni.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Finds the tokenizer of a model folder and refuses what this room cannot do. */
final class TokenizerFolder {
  private static final Set<String> T5 = Set.of("T5Tokenizer", "T5TokenizerFast");
  private static final Set<String> LLAMA = Set.of("LlamaTokenizer", "LlamaTokenizerFast");
  private static final List<String> SENTENCE_PIECE_FILES =
      List.of("spiece.model", "tokenizer.model");

  private TokenizerFolder() {}

  static Tokenizer open(Path folder) {
    JsonFiles files = new JsonFiles(folder);
    if (Files.isRegularFile(folder.resolve("tokenizer.json"))) {
      return JsonTokenizer.open(folder.resolve("tokenizer.json"), TokenizerConfig.read(files));
    }
    for (String name : SENTENCE_PIECE_FILES) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return openSentencePiece(folder.resolve(name), files);
      }
    }
    throw new TokenizerException(
        "Cannot open a tokenizer in "
            + folder
            + " because it has none of tokenizer.json, "
            + String.join(", ", SENTENCE_PIECE_FILES)
            + "; copy one of them from the model's repository.");
  }

  private static Tokenizer openSentencePiece(Path file, JsonFiles files) {
    refuseUnsupported(files);
    TokenizerConfig config = TokenizerConfig.read(files);
    SentencePieceModel model = SentencePieceReader.read(file);
    // Without a class the file name tells: each class of transformers has its own.
    String byName = file.endsWith("spiece.model") ? "T5Tokenizer" : "LlamaTokenizer";
    String tokenizerClass = config.tokenizerClass().orElse(byName);
    if (T5.contains(tokenizerClass)) {
      return SentencePieceTokenizer.t5(model, config);
    }
    if (LLAMA.contains(tokenizerClass)) {
      return SentencePieceTokenizer.llama(model, config);
    }
    throw files.wrong(
        "tokenizer_class",
        tokenizerClass,
        "with " + file.getFileName() + " only T5Tokenizer and LlamaTokenizer are supported");
  }

  /**
   * Settings that would change ids. {@code clean_up_tokenization_spaces}, {@code
   * spaces_between_special_tokens} and {@code model_max_length} change none and are left unread.
   */
  private static void refuseUnsupported(JsonFiles files) {
    JsonNode config = files.read("tokenizer_config.json");
    if (!config.path("sp_model_kwargs").isEmpty()) {
      throw unsupported(files, config, "sp_model_kwargs", "sampled segmentation is not supported");
    }
    // transformers' default is 100, but then the ids lie behind those a causal model has.
    if (config.path("extra_ids").asInt(0) != 0) {
      throw unsupported(files, config, "extra_ids", "sentinel tokens are not supported");
    }
    if (files.flag(config, "split_special_tokens").orElse(false)) {
      throw unsupported(
          files, config, "split_special_tokens", "special tokens are always kept whole");
    }
    if (!files.flag(config, "add_prefix_space").orElse(true)) {
      throw unsupported(
          files, config, "add_prefix_space", "only the model file decides on a leading blank");
    }
    for (JsonNode token : config.path("added_tokens_decoder")) {
      if (token.path("single_word").asBoolean()) {
        throw files.wrong(
            "added_tokens_decoder", token.toString(), "single_word true is not supported");
      }
    }
  }

  private static TokenizerException unsupported(
      JsonFiles files, JsonNode config, String key, String reason) {
    return files.wrong(key, config.path(key).toString(), reason);
  }
}
