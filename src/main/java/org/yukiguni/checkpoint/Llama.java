package org.yukiguni.checkpoint;

import java.util.List;

/** Llama, after transformers' {@code configuration_llama.py} and {@code modeling_llama.py}. */
final class Llama implements LlamaLike {
  @Override
  public ModelConfig config(ConfigJson json) {
    return LlamaLike.config(
        Architecture.LLAMA,
        json,
        new LlamaLike.Defaults(32000, 4096, 32, 32, 0, 0, 11008, 2048, 1e-6),
        0);
  }

  @Override
  public List<Weight> layerWeights(ModelConfig config) {
    return LlamaLike.layerWeights(
        config, config.attentionBias() ? LlamaLike.Bias.ATTENTION : LlamaLike.Bias.NONE);
  }
}
