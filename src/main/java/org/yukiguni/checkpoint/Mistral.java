package org.yukiguni.checkpoint;

import java.util.List;

/**
 * Mistral, after transformers' {@code configuration_mistral.py} and {@code modeling_mistral.py}.
 */
final class Mistral implements LlamaLike {
  @Override
  public ModelConfig config(ConfigJson json) {
    json.refuseUnless("attention_bias", false);
    json.refuseUnless("mlp_bias", false);
    return LlamaLike.config(
        Architecture.MISTRAL,
        json,
        new LlamaLike.Defaults(32000, 4096, 32, 32, 8, 0, 14336, 4096 * 32, 1e-6),
        json.windowOr(4096, "sliding_window"));
  }

  @Override
  public List<Weight> layerWeights(ModelConfig config) {
    return LlamaLike.layerWeights(config, LlamaLike.Bias.NONE);
  }
}
