package org.yukiguni.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small checkpoint in the place of one that cannot be had here: weights and tokenizer of a
 * fixture, everything else as it lies on the hub. The keys of config.json, tokenizer_config.json
 * word for word and which files there are come from the model; widths, layers and vocabulary from
 * the fixture.
 *
 * @param fixture whose weights and tokenizer it has
 * @param config the model's config.json, with the fixture's sizes to be filled in
 * @param files further files by name and content
 */
record StandIn(String fixture, String config, List<String> files) {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The keys whose values are the fixture's, and those that say ids. */
  private static final List<String> SIZES =
      List.of(
          "n_embd",
          "n_head",
          "n_inner",
          "n_layer",
          "n_ctx",
          "n_positions",
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "vocab_size",
          "bos_token_id",
          "eos_token_id",
          "use_parallel_residual");

  private static final String RINNA_TOKENIZER =
      """
      tokenizer_config.json
      {"eos_token": "</s>", "unk_token": "[UNK]", "pad_token": "[PAD]", "extra_ids": 0, "additional_special_tokens": [], "sp_model_kwargs": {}, "bos_token": "<s>", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]", "do_lower_case": false, "tokenizer_class": "T5Tokenizer"}""";

  private static final String SWALLOW_CONFIG =
      """
      {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 1,
       "eos_token_id": 2, "pad_token_id": 0, "hidden_act": "silu", "hidden_size": 4096,
       "intermediate_size": 11008, "initializer_range": 0.02, "max_position_embeddings": 4096,
       "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32,
       "num_key_value_heads": 32, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
       "rope_scaling": null, "rope_theta": 10000.0, "tie_word_embeddings": false,
       "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 43176}""";

  private static final String SWALLOW_TOKENIZER =
      """
      tokenizer_config.json
      {"add_bos_token": true, "add_eos_token": false, "bos_token": {"__type": "AddedToken", "content": "<s>", "lstrip": false, "normalized": true, "rstrip": false, "single_word": false}, "clean_up_tokenization_spaces": false, "eos_token": {"__type": "AddedToken", "content": "</s>", "lstrip": false, "normalized": true, "rstrip": false, "single_word": false}, "legacy": true, "pad_token": null, "sp_model_kwargs": {}, "tokenizer_class": "LlamaTokenizer", "unk_token": {"__type": "AddedToken", "content": "<unk>", "lstrip": false, "normalized": true, "rstrip": false, "single_word": false}}""";

  private static final String SWALLOW_GENERATION =
      """
      generation_config.json
      {"_from_model_config": true, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "transformers_version": "4.34.1"}""";

  /** rinna/japanese-gpt-1b: GPT-2 with gelu_fast, and an unk_token that is no piece. */
  static final StandIn RINNA_1B =
      new StandIn(
          "gpt2-rinna",
          """
          {"activation_function": "gelu_fast", "architectures": ["GPT2LMHeadModel"],
           "attn_pdrop": 0.1, "bos_token_id": 2, "embd_pdrop": 0.1, "eos_token_id": 3,
           "gradient_checkpointing": false, "initializer_range": 0.02, "layer_norm_epsilon": 1e-05,
           "model_type": "gpt2", "n_ctx": 1024, "n_embd": 2048, "n_head": 16, "n_inner": 8192,
           "n_layer": 24, "n_positions": 1024, "reorder_and_upcast_attn": false,
           "resid_pdrop": 0.1, "scale_attn_by_inverse_layer_idx": false,
           "scale_attn_weights": true, "summary_activation": null, "summary_first_dropout": 0.1,
           "summary_proj_to_labels": true, "summary_type": "cls_index", "summary_use_proj": true,
           "torch_dtype": "float16", "use_cache": true, "vocab_size": 44928}""",
          List.of(
              RINNA_TOKENIZER.replace("[UNK]", "<unk>"),
              "special_tokens_map.json\n{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\","
                  + " \"unk_token\": \"<unk>\", \"sep_token\": \"[SEP]\", \"pad_token\": \"[PAD]\","
                  + " \"cls_token\": \"[CLS]\", \"mask_token\": \"[MASK]\"}"));

  private static final String NEOX_CONFIG =
      """
      {"architectures": ["GPTNeoXForCausalLM"], "bos_token_id": 2, "eos_token_id": 3,
       "hidden_act": "gelu", "hidden_size": 2816, "initializer_range": 0.02,
       "intermediate_size": 11264, "layer_norm_eps": 1e-05, "max_position_embeddings": 2048,
       "model_type": "gpt_neox", "num_attention_heads": 22, "num_hidden_layers": 36,
       "rotary_emb_base": 10000, "rotary_pct": 1.0, "tie_word_embeddings": false,
       "torch_dtype": "float16", "use_cache": true, "use_parallel_residual": false,
       "vocab_size": 32000}""";

  /** rinna/japanese-gpt-neox-3.6b-instruction-sft-v2. */
  static final StandIn RINNA_NEOX =
      new StandIn("gpt_neox-sequential", NEOX_CONFIG, List.of(RINNA_TOKENIZER));

  /** rinna/bilingual-gpt-neox-4b-instruction-ppo: weights in float16, a tokenizer with newlines. */
  static final StandIn RINNA_BILINGUAL =
      new StandIn(
          "gpt_neox-fp16",
          NEOX_CONFIG.replace(
              "\"use_cache\"",
              "\"attention_dropout\": 0.1, \"classifier_dropout\": 0.1, \"hidden_dropout\": 0.1,"
                  + " \"rope_scaling\": null, \"use_cache\""),
          List.of(RINNA_TOKENIZER));

  /** tokyotech-llm/Swallow-7b-instruct-hf: shards with an index, tokenizer.model. */
  static final StandIn SWALLOW =
      new StandIn("llama-sharded", SWALLOW_CONFIG, List.of(SWALLOW_TOKENIZER, SWALLOW_GENERATION));

  /** tokyotech-llm/Swallow-7b-hf, in one file, for which there is an adapter. */
  static final StandIn SWALLOW_BASE =
      new StandIn("llama", SWALLOW_CONFIG, List.of(SWALLOW_TOKENIZER, SWALLOW_GENERATION));

  /** Writes the checkpoint. */
  Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path source = FIXTURES.resolve(fixture);
    try (Stream<Path> all = Files.list(source)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith("model") || name.endsWith(".model")) {
          Files.copy(file, folder.resolve(name));
        }
      }
    }
    for (String file : files) {
      String[] nameAndText = file.split("\n", 2);
      Files.writeString(folder.resolve(nameAndText[0]), nameAndText[1]);
    }
    ObjectNode own = (ObjectNode) JSON.readTree(config);
    JSON.readTree(source.resolve("config.json").toFile())
        .properties()
        .forEach(
            entry -> {
              if (SIZES.contains(entry.getKey()) && own.has(entry.getKey())) {
                own.set(entry.getKey(), entry.getValue());
              }
            });
    Files.writeString(folder.resolve("config.json"), own.toString());
    return folder;
  }
}
