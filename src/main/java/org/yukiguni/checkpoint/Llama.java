package org.yukiguni.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** Llama, after transformers' {@code configuration_llama.py} and {@code modeling_llama.py}. */
final class Llama implements Family {
  @Override
  public ModelConfig config(ConfigJson json) {
    json.refuseRopeScaling();
    int width = json.sizeOr(4096, "hidden_size");
    int heads = json.sizeOr(32, "num_attention_heads");
    int kvHeads = json.sizeOr(heads, "num_key_value_heads");
    if (heads % kvHeads != 0) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because its %d heads are no multiple of the %d key-value heads",
              json.file(), heads, kvHeads));
    }
    int headDim = json.headDim(width, heads);
    return new ModelConfig(
        Architecture.LLAMA,
        json.sizeOr(32000, "vocab_size"),
        width,
        json.sizeOr(32, "num_hidden_layers"),
        heads,
        kvHeads,
        headDim,
        json.sizeOr(11008, "intermediate_size"),
        json.sizeOr(2048, "max_position_embeddings"),
        json.numberOr(1e-6, "rms_norm_eps"),
        json.activation("hidden_act", "silu"),
        headDim,
        json.ropeNumberOr(10000, "rope_theta"),
        false,
        json.flagOr(false, "attention_bias"),
        json.flagOr(false, "mlp_bias"),
        json.flagOr(false, "tie_word_embeddings"));
  }

  @Override
  public List<Weight> layerWeights(ModelConfig c) {
    long w = c.width();
    long q = (long) c.heads() * c.headDim();
    long kv = (long) c.kvHeads() * c.headDim();
    List<Weight> weights = new ArrayList<>();
    weights.add(Weight.of("input_layernorm.weight", w));
    weights.add(Weight.of("post_attention_layernorm.weight", w));
    linear(weights, "self_attn.q_proj", q, w, c.attentionBias());
    linear(weights, "self_attn.k_proj", kv, w, c.attentionBias());
    linear(weights, "self_attn.v_proj", kv, w, c.attentionBias());
    linear(weights, "self_attn.o_proj", w, q, c.attentionBias());
    linear(weights, "mlp.gate_proj", c.innerWidth(), w, c.mlpBias());
    linear(weights, "mlp.up_proj", c.innerWidth(), w, c.mlpBias());
    linear(weights, "mlp.down_proj", w, c.innerWidth(), c.mlpBias());
    return weights;
  }

  private static void linear(List<Weight> weights, String name, long out, long in, boolean bias) {
    weights.add(Weight.of(name + ".weight", out, in));
    if (bias) {
      weights.add(Weight.of(name + ".bias", out));
    }
  }

  @Override
  public List<Weight> endWeights(ModelConfig c) {
    Weight head = Weight.of("head", c.vocabularySize(), c.width());
    return List.of(
        Weight.of("embedding", c.vocabularySize(), c.width()).stored("model.embed_tokens.weight"),
        Weight.of("norm.weight", c.width()).stored("model.norm.weight"),
        c.tiedHead() ? head.stored("model.embed_tokens.weight") : head.stored("lm_head.weight"));
  }

  @Override
  public List<String> layerPrefixes(int layer) {
    return List.of("model.layers." + layer + ".");
  }
}
