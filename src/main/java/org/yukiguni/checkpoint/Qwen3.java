package org.yukiguni.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** Qwen3, after transformers' {@code configuration_qwen3.py} and {@code modeling_qwen3.py}. */
final class Qwen3 implements Family {
  @Override
  public ModelConfig config(ConfigJson json) {
    json.refuseUnless("use_sliding_window", false);
    json.refuseUnless("mlp_bias", false);
    json.refuseLayerTypesOtherThan("full_attention");
    return LlamaLike.config(
        Architecture.QWEN3,
        json,
        new LlamaLike.Defaults(151936, 4096, 32, 32, 32, 128, 22016, 32768, 1e-6),
        0);
  }

  @Override
  public List<Weight> layerWeights(ModelConfig c) {
    List<Weight> weights = new ArrayList<>();
    weights.addAll(
        LlamaLike.layerWeights(
            c, c.attentionBias() ? LlamaLike.Bias.ATTENTION : LlamaLike.Bias.NONE));
    weights.add(Weight.of("self_attn.q_norm.weight", c.headDim()));
    weights.add(Weight.of("self_attn.k_norm.weight", c.headDim()));
    return weights;
  }

  @Override
  public List<Weight> endWeights(ModelConfig config) {
    return LlamaLike.endWeights(config);
  }

  @Override
  public List<String> layerPrefixes(int layer) {
    return LlamaLike.layerPrefixes(layer);
  }

  @Override
  public List<Object> scriptArguments(ModelConfig config) {
    return LlamaLike.scriptArguments(config);
  }

  @Override
  public boolean isIgnorable(String name, ModelConfig config) {
    return LlamaLike.isIgnorable(name, config);
  }
}
