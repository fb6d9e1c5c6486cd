package org.yukiguni.checkpoint;

import java.util.List;

/**
 * Phi-3, after transformers' {@code configuration_phi3.py} and {@code modeling_phi3.py}. Queries,
 * keys and values are stored as one matrix, gate and up as another.
 */
final class Phi3 implements LlamaLike {
  @Override
  public ModelConfig config(ConfigJson json) {
    json.refuseUnless("attention_bias", false);
    json.refuseUnless("mlp_bias", false);
    return LlamaLike.config(
        Architecture.PHI3,
        json,
        new LlamaLike.Defaults(32064, 3072, 32, 32, 0, 0, 8192, 4096, 1e-5),
        json.has("sliding_window") ? json.size("sliding_window") : 0);
  }

  @Override
  public List<Weight> layerWeights(ModelConfig c) {
    long w = c.width();
    long q = (long) c.heads() * c.headDim();
    long kv = (long) c.kvHeads() * c.headDim();
    return List.of(
        Weight.of("input_layernorm.weight", w),
        Weight.of("post_attention_layernorm.weight", w),
        Weight.of("self_attn.qkv_proj.weight", q + 2 * kv, w),
        Weight.of("self_attn.o_proj.weight", w, q),
        Weight.of("mlp.gate_up_proj.weight", 2L * c.innerWidth(), w),
        Weight.of("mlp.down_proj.weight", w, c.innerWidth()));
  }
}
