package org.yukiguni.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** Qwen3, after transformers' {@code configuration_qwen3.py} and {@code modeling_qwen3.py}. */
final class Qwen3 implements LlamaLike {
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
}
