package org.yukiguni.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keys that others know and that do nothing here yet. They are refused by name, so that nobody
 * believes in an effect; a value that turns them off says nothing and is accepted.
 */
final class UnsupportedKeys {
  /**
   * One key.
   *
   * @param off values with which it has no effect; null always is one
   * @param effect what it would change if it were supported
   */
  private record Unsupported(List<Object> off, Effect effect) {}

  /** What a key is about in the tool that knows it. */
  private enum Effect {
    /** The tokens, so that a model file which asks for it cannot be followed. */
    TOKENS,
    /** Speed, extra outputs or beam search only. */
    OTHER
  }

  private static final UnsupportedKeys NONE = new UnsupportedKeys(Map.of());
  private static final UnsupportedKeys MODEL = model();
  private static final UnsupportedKeys GENERATION = generation();

  private final Map<String, Unsupported> keys;

  private UnsupportedKeys(Map<String, Unsupported> keys) {
    this.keys = keys;
  }

  static UnsupportedKeys of(Class<? extends Record> group) {
    if (group == GenerationSettings.class) {
      return GENERATION;
    }
    return group == ModelSpec.class ? MODEL : NONE;
  }

  Set<String> names() {
    return keys.keySet();
  }

  /** Takes the unsupported keys out of a group of a job, noting those that are not off. */
  void remove(String path, ObjectNode group, Problems problems) {
    keys.forEach(
        (name, key) -> {
          if (isOn(key, group.remove(name))) {
            problems.add(Binder.at(path, name), "is not supported yet; remove it");
          }
        });
  }

  /** Notes the keys of a model's file that would change the tokens. */
  void refuseInModel(String file, JsonNode settings, Problems problems) {
    keys.forEach(
        (name, key) -> {
          JsonNode value = settings.get(name);
          if (key.effect() == Effect.TOKENS && isOn(key, value)) {
            problems.add(
                file,
                name + ": " + value + " is not supported yet; remove it from the model's folder");
          }
        });
  }

  private static boolean isOn(Unsupported key, JsonNode value) {
    if (value == null || value.isNull() || (value.isContainerNode() && value.isEmpty())) {
      return false;
    }
    return key.off().stream().noneMatch(off -> equal(value, off));
  }

  private static boolean equal(JsonNode value, Object off) {
    return off instanceof Number number
        ? value.isNumber() && value.doubleValue() == number.doubleValue()
        : value.isBoolean() && off.equals(value.booleanValue());
  }

  private static UnsupportedKeys model() {
    Map<String, Unsupported> keys = new LinkedHashMap<>();
    // transformers' from_pretrained.
    put(keys, Effect.OTHER, null, "max_memory", "offload_folder");
    put(keys, Effect.OTHER, false, "load_in_4bit", "trust_remote_code");
    return new UnsupportedKeys(Map.copyOf(keys));
  }

  private static UnsupportedKeys generation() {
    Map<String, Unsupported> keys = new LinkedHashMap<>();
    // Hugging Face GenerationConfig, transformers 4.57 and before.
    put(keys, Effect.TOKENS, 1, "encoder_repetition_penalty");
    put(keys, Effect.TOKENS, 1, "guidance_scale");
    put(keys, Effect.TOKENS, 0, "encoder_no_repeat_ngram_size", "penalty_alpha");
    put(keys, Effect.TOKENS, false, "token_healing", "remove_invalid_values");
    put(keys, Effect.TOKENS, null, "force_words_ids", "constraints", "max_time");
    put(keys, Effect.TOKENS, null, "sequence_bias", "watermarking_config", "dola_layers");
    put(keys, Effect.TOKENS, null, "exponential_decay_length_penalty", "top_h");
    put(keys, Effect.OTHER, 1, "num_beam_groups");
    put(keys, Effect.OTHER, 0, "diversity_penalty");
    put(keys, Effect.OTHER, false, "renormalize_logits", "low_memory");
    put(keys, Effect.OTHER, false, "output_attentions", "output_hidden_states");
    put(keys, Effect.OTHER, false, "output_scores", "output_logits", "return_dict_in_generate");
    put(keys, Effect.OTHER, true, "use_cache");
    put(keys, Effect.OTHER, null, "cache_implementation", "cache_config", "return_legacy_cache");
    put(keys, Effect.OTHER, null, "decoder_start_token_id", "prefill_chunk_size");
    put(keys, Effect.OTHER, null, "compile_config", "disable_compile", "is_assistant");
    put(keys, Effect.OTHER, null, "num_assistant_tokens", "num_assistant_tokens_schedule");
    put(keys, Effect.OTHER, null, "assistant_confidence_threshold", "assistant_early_exit");
    put(keys, Effect.OTHER, null, "assistant_lookbehind", "target_lookbehind");
    put(keys, Effect.OTHER, null, "prompt_lookup_num_tokens", "max_matching_ngram_size");
    // vLLM SamplingParams.
    put(keys, Effect.TOKENS, false, "ignore_eos");
    put(keys, Effect.TOKENS, null, "stop_token_ids", "logit_bias", "allowed_token_ids");
    put(keys, Effect.TOKENS, null, "bad_words", "structured_outputs", "repetition_detection");
    put(keys, Effect.OTHER, null, "prompt_logprobs", "skip_special_tokens");
    put(keys, Effect.OTHER, null, "include_stop_str_in_output", "detokenize");
    // llama.cpp.
    put(keys, Effect.TOKENS, null, "mirostat");
    return new UnsupportedKeys(Map.copyOf(keys));
  }

  private static void put(
      Map<String, Unsupported> keys, Effect effect, Object off, String... names) {
    List<Object> offs = off == null ? List.of() : List.of(off);
    for (String name : names) {
      keys.put(name, new Unsupported(offs, effect));
    }
  }
}
