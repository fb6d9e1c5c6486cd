package org.yukiguni.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * What the architectures that name their weights as Llama does have in common: keys, names and
 * shapes of weights.
 */
interface LlamaLike extends Family {

  /**
   * The defaults of a configuration class of transformers.
   *
   * @param kvHeads 0 for as many as heads
   * @param headDim 0 for width / heads
   */
  record Defaults(
      int vocabularySize,
      int width,
      int layers,
      int heads,
      int kvHeads,
      int headDim,
      int innerWidth,
      int contextLength,
      double normEps) {}

  /** Biases of the linear layers. */
  enum Bias {
    NONE,
    /** Queries, keys and values. */
    QKV,
    /** Queries, keys, values and the output. */
    ATTENTION
  }

  /**
   * Reads the common keys.
   *
   * @param window of every layer; 0 for none
   */
  static ModelConfig config(Architecture architecture, ConfigJson json, Defaults d, int window) {
    int width = json.sizeOr(d.width, "hidden_size");
    int heads = json.sizeOr(d.heads, "num_attention_heads");
    int kvHeads = json.sizeOr(d.kvHeads == 0 ? heads : d.kvHeads, "num_key_value_heads");
    if (heads % kvHeads != 0) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because its %d heads are no multiple of the %d key-value heads",
              json.file(), heads, kvHeads));
    }
    int headDim = d.headDim == 0 ? json.headDim(width, heads) : json.sizeOr(d.headDim, "head_dim");
    int layers = json.sizeOr(d.layers, "num_hidden_layers");
    return new ModelConfig(
        architecture,
        json.sizeOr(d.vocabularySize, "vocab_size"),
        width,
        layers,
        heads,
        kvHeads,
        headDim,
        json.sizeOr(d.innerWidth, "intermediate_size"),
        json.sizeOr(d.contextLength, "max_position_embeddings"),
        json.numberOr(d.normEps, "rms_norm_eps"),
        json.activation("hidden_act", "silu"),
        RotaryKeys.read(json, headDim, 1),
        Attention.usual(headDim, layers, window),
        1,
        0,
        false,
        json.flagOr(false, "attention_bias"),
        json.flagOr(false, "mlp_bias"),
        json.flagOr(false, "tie_word_embeddings"));
  }

  static List<Weight> layerWeights(ModelConfig c, Bias attention) {
    long w = c.width();
    long q = (long) c.heads() * c.headDim();
    long kv = (long) c.kvHeads() * c.headDim();
    boolean qkvBias = attention != Bias.NONE;
    List<Weight> weights = new ArrayList<>();
    weights.add(Weight.of("input_layernorm.weight", w));
    weights.add(Weight.of("post_attention_layernorm.weight", w));
    linear(weights, "self_attn.q_proj", q, w, qkvBias);
    linear(weights, "self_attn.k_proj", kv, w, qkvBias);
    linear(weights, "self_attn.v_proj", kv, w, qkvBias);
    linear(weights, "self_attn.o_proj", w, q, attention == Bias.ATTENTION);
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
  default List<Weight> endWeights(ModelConfig c) {
    Weight head = Weight.of("head", c.vocabularySize(), c.width());
    return List.of(
        Weight.of("embedding", c.vocabularySize(), c.width()).stored("model.embed_tokens.weight"),
        Weight.of("norm.weight", c.width()).stored("model.norm.weight"),
        c.tiedHead() ? head.stored("model.embed_tokens.weight") : head.stored("lm_head.weight"));
  }

  @Override
  default List<String> layerPrefixes(int layer) {
    return List.of("model.layers." + layer + ".");
  }

  @Override
  default List<Object> scriptArguments(ModelConfig c) {
    return List.of(
        c.heads(),
        c.kvHeads(),
        c.normEps(),
        c.activation(),
        c.attention().windows().stream().mapToLong(n -> n).toArray(),
        c.rotary().dim(),
        c.rotary().theta(),
        c.rotary().scaling(),
        c.rotary().numbers().stream().mapToDouble(n -> n).toArray(),
        c.contextLength());
  }

  @Override
  default boolean isIgnorable(String name, ModelConfig c) {
    return name.matches("model\\.(layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq")
        || (c.tiedHead() && name.equals("lm_head.weight"));
  }
}
