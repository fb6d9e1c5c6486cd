package org.yukiguni.checkpoint;

import java.util.List;

/**
 * Qwen2 and Qwen2.5, after transformers' {@code configuration_qwen2.py} and {@code
 * modeling_qwen2.py}.
 */
final class Qwen2 implements LlamaLike {
  @Override
  public ModelConfig config(ConfigJson json) {
    json.refuseUnless("use_sliding_window", false);
    json.refuseUnless("mlp_bias", false);
    json.refuseLayerTypesOtherThan("full_attention");
    return LlamaLike.config(
        Architecture.QWEN2,
        json,
        new LlamaLike.Defaults(151936, 4096, 32, 32, 32, 0, 22016, 32768, 1e-6),
        0);
  }

  @Override
  public List<Weight> layerWeights(ModelConfig config) {
    return LlamaLike.layerWeights(config, LlamaLike.Bias.QKV);
  }
}
