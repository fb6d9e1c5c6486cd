package org.yukiguni.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * GPT-NeoX, after transformers' {@code configuration_gpt_neox.py} and {@code modeling_gpt_neox.py}.
 */
final class GptNeoX implements Family {
  @Override
  public ModelConfig config(ConfigJson json) {
    int width = json.sizeOr(6144, "hidden_size");
    int heads = json.sizeOr(64, "num_attention_heads");
    int headDim = json.headDim(width, heads);
    int layers = json.sizeOr(44, "num_hidden_layers");
    return new ModelConfig(
        Architecture.GPT_NEOX,
        json.sizeOr(50432, "vocab_size"),
        width,
        layers,
        heads,
        heads,
        headDim,
        json.sizeOr(24576, "intermediate_size"),
        json.sizeOr(2048, "max_position_embeddings"),
        json.numberOr(1e-5, "layer_norm_eps"),
        json.activation("hidden_act", "gelu"),
        RotaryKeys.read(json, headDim, 0.25),
        Attention.usual(headDim, layers, 0),
        1,
        0,
        json.flagOr(true, "use_parallel_residual"),
        json.flagOr(true, "attention_bias"),
        true,
        json.flagOr(false, "tie_word_embeddings"));
  }

  @Override
  public List<Weight> layerWeights(ModelConfig c) {
    long w = c.width();
    long inner = c.innerWidth();
    List<Weight> weights = new ArrayList<>();
    for (String norm : List.of("input_layernorm", "post_attention_layernorm")) {
      weights.add(Weight.of(norm + ".weight", w));
      weights.add(Weight.of(norm + ".bias", w));
    }
    weights.add(Weight.of("attention.query_key_value.weight", 3 * w, w));
    weights.add(Weight.of("attention.dense.weight", w, w));
    if (c.attentionBias()) {
      weights.add(Weight.of("attention.query_key_value.bias", 3 * w));
      weights.add(Weight.of("attention.dense.bias", w));
    }
    weights.add(Weight.of("mlp.dense_h_to_4h.weight", inner, w));
    weights.add(Weight.of("mlp.dense_h_to_4h.bias", inner));
    weights.add(Weight.of("mlp.dense_4h_to_h.weight", w, inner));
    weights.add(Weight.of("mlp.dense_4h_to_h.bias", w));
    return weights;
  }

  @Override
  public List<Weight> endWeights(ModelConfig c) {
    Weight head = Weight.of("head", c.vocabularySize(), c.width());
    return List.of(
        Weight.of("embedding", c.vocabularySize(), c.width()).stored("gpt_neox.embed_in.weight"),
        Weight.of("norm.weight", c.width()).stored("gpt_neox.final_layer_norm.weight"),
        Weight.of("norm.bias", c.width()).stored("gpt_neox.final_layer_norm.bias"),
        c.tiedHead()
            ? head.stored("gpt_neox.embed_in.weight")
            : head.stored("embed_out.weight", "lm_head.weight"));
  }

  @Override
  public List<String> layerPrefixes(int layer) {
    return List.of("gpt_neox.layers." + layer + ".");
  }

  @Override
  public List<Object> scriptArguments(ModelConfig c) {
    return List.of(
        c.heads(),
        c.normEps(),
        c.activation(),
        c.parallelResidual(),
        c.rotary().dim(),
        c.rotary().theta(),
        c.rotary().scaling(),
        c.rotary().numbers().stream().mapToDouble(n -> n).toArray(),
        c.contextLength());
  }

  @Override
  public boolean isIgnorable(String name, ModelConfig c) {
    return name.matches(
            "gpt_neox\\.layers\\.\\d+\\.attention\\.(bias|masked_bias|rotary_emb\\.inv_freq)")
        || (c.tiedHead() && List.of("embed_out.weight", "lm_head.weight").contains(name));
  }
}
