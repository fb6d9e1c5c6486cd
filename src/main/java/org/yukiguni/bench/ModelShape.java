package org.yukiguni.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Shapes of known models, as the keys of {@code config.json} that differ from the defaults. */
public enum ModelShape {
  GPT2_110M("GPT2LMHeadModel", "\"vocab_size\":32000"),
  GPT2_1B(
      "GPT2LMHeadModel",
      "\"n_embd\":2048,\"n_layer\":24,\"n_head\":16,\"n_inner\":8192,\"vocab_size\":44928"),
  NEOX_410M(
      "GPTNeoXForCausalLM",
      "\"hidden_size\":1024,\"num_hidden_layers\":24,\"num_attention_heads\":16,"
          + "\"intermediate_size\":4096,\"vocab_size\":50304"),
  NEOX_3_6B(
      "GPTNeoXForCausalLM",
      "\"hidden_size\":2816,\"num_hidden_layers\":36,\"num_attention_heads\":22,"
          + "\"intermediate_size\":11264,\"vocab_size\":32000,\"rotary_pct\":1.0,"
          + "\"use_parallel_residual\":false"),
  LLAMA_1_1B(
      "LlamaForCausalLM",
      "\"hidden_size\":2048,\"num_hidden_layers\":22,\"num_attention_heads\":32,"
          + "\"num_key_value_heads\":4,\"intermediate_size\":5632,\"vocab_size\":32000"),
  LLAMA_7B("LlamaForCausalLM", "\"vocab_size\":43176");

  private final String architecture;
  private final String keys;

  ModelShape(String architecture, String keys) {
    this.architecture = architecture;
    this.keys = keys;
  }

  /** Its name on the command line, such as {@code llama-1.1b}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replaceFirst("_", "-").replace('_', '.');
  }

  /** The shape of that name, if there is one. */
  public static Optional<ModelShape> of(String label) {
    return Arrays.stream(values()).filter(shape -> shape.label().equals(label)).findFirst();
  }

  /** The content of a {@code config.json}. */
  String config() {
    return "{\"architectures\":[\"" + architecture + "\"],\"dtype\":\"float16\"," + keys + "}\n";
  }
}
