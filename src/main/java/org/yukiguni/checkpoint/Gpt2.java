package org.yukiguni.checkpoint;

import java.util.List;

/** GPT-2, after transformers' {@code configuration_gpt2.py} and {@code modeling_gpt2.py}. */
final class Gpt2 implements Family {
  @Override
  public ModelConfig config(ConfigJson json) {
    json.refuseUnless("scale_attn_weights", true);
    json.refuseUnless("scale_attn_by_inverse_layer_idx", false);
    json.refuseUnless("add_cross_attention", false);
    int width = json.sizeOr(768, "n_embd", "hidden_size");
    int heads = json.sizeOr(12, "n_head", "num_attention_heads");
    int headDim = json.headDim(width, heads);
    int layers = json.sizeOr(12, "n_layer", "num_hidden_layers");
    return new ModelConfig(
        Architecture.GPT2,
        json.sizeOr(50257, "vocab_size"),
        width,
        layers,
        heads,
        heads,
        headDim,
        json.sizeOr(4 * width, "n_inner"),
        json.sizeOr(1024, "n_positions", "max_position_embeddings"),
        json.numberOr(1e-5, "layer_norm_epsilon"),
        json.activation("activation_function", "gelu_new"),
        Rotary.NONE,
        Attention.usual(headDim, layers, 0),
        1,
        0,
        false,
        true,
        true,
        json.flagOr(true, "tie_word_embeddings"));
  }

  @Override
  public List<Weight> layerWeights(ModelConfig c) {
    long w = c.width();
    long inner = c.innerWidth();
    return List.of(
        Weight.of("ln_1.weight", w),
        Weight.of("ln_1.bias", w),
        Weight.of("attn.c_attn.weight", w, 3 * w),
        Weight.of("attn.c_attn.bias", 3 * w),
        Weight.of("attn.c_proj.weight", w, w),
        Weight.of("attn.c_proj.bias", w),
        Weight.of("ln_2.weight", w),
        Weight.of("ln_2.bias", w),
        Weight.of("mlp.c_fc.weight", w, inner),
        Weight.of("mlp.c_fc.bias", inner),
        Weight.of("mlp.c_proj.weight", inner, w),
        Weight.of("mlp.c_proj.bias", w));
  }

  @Override
  public List<Weight> endWeights(ModelConfig c) {
    Weight embedding = Weight.of("embedding", c.vocabularySize(), c.width());
    Weight head = Weight.of("head", c.vocabularySize(), c.width());
    return List.of(
        c.tiedHead()
            ? embedding.stored("transformer.wte.weight", "wte.weight", "lm_head.weight")
            : embedding.stored("transformer.wte.weight", "wte.weight"),
        Weight.of("position_embedding", c.contextLength(), c.width())
            .stored("transformer.wpe.weight", "wpe.weight"),
        Weight.of("norm.weight", c.width()).stored("transformer.ln_f.weight", "ln_f.weight"),
        Weight.of("norm.bias", c.width()).stored("transformer.ln_f.bias", "ln_f.bias"),
        c.tiedHead()
            ? head.stored("transformer.wte.weight", "wte.weight", "lm_head.weight")
            : head.stored("lm_head.weight"));
  }

  @Override
  public List<String> layerPrefixes(int layer) {
    return List.of("transformer.h." + layer + ".", "h." + layer + ".");
  }

  @Override
  public LowRank.Layout layerLayout() {
    return LowRank.Layout.IN_OUT;
  }

  @Override
  public List<Object> scriptArguments(ModelConfig c) {
    return List.of(c.heads(), c.normEps(), c.activation());
  }

  @Override
  public boolean isIgnorable(String name, ModelConfig c) {
    return name.matches("(transformer\\.)?h\\.\\d+\\.attn\\.(bias|masked_bias)")
        || (c.tiedHead() && name.equals("lm_head.weight"));
  }
}
