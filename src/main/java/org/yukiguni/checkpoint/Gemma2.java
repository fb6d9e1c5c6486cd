package org.yukiguni.checkpoint;

import java.util.ArrayList;
import java.util.List;

/** Gemma 2, after transformers' {@code configuration_gemma2.py} and {@code modeling_gemma2.py}. */
final class Gemma2 implements LlamaLike {
  @Override
  public ModelConfig config(ConfigJson json) {
    json.refuseUnless("attention_bias", false);
    json.refuseUnless("use_bidirectional_attention", false);
    ModelConfig base =
        LlamaLike.config(
            Architecture.GEMMA2,
            json,
            new LlamaLike.Defaults(256000, 2304, 26, 8, 4, 256, 9216, 8192, 1e-6),
            0);
    return new ModelConfig(
        Architecture.GEMMA2,
        base.vocabularySize(),
        base.width(),
        base.layers(),
        base.heads(),
        base.kvHeads(),
        base.headDim(),
        base.innerWidth(),
        base.contextLength(),
        base.normEps(),
        // Not hidden_act, which old files have beside it.
        json.activation("hidden_activation", "gelu_pytorch_tanh"),
        base.rotary(),
        new Attention(
            1 / Math.sqrt(json.sizeOr(256, "query_pre_attn_scalar")),
            json.capOr(50, "attn_logit_softcapping"),
            windows(json, base.layers())),
        rounded(Math.sqrt(base.width()), json),
        json.capOr(30, "final_logit_softcapping"),
        false,
        false,
        false,
        json.flagOr(true, "tie_word_embeddings"));
  }

  /** Every second layer has the window, from the first one on, unless the file lists them. */
  private static List<Integer> windows(ConfigJson json, int layers) {
    int window = json.windowOr(4096, "sliding_window");
    List<String> types = json.texts("layer_types");
    if (!types.isEmpty() && types.size() != layers) {
      throw new CheckpointException(
          String.format(
              "Cannot use %s because layer_types has %d entries for %d layers",
              json.file(), types.size(), layers));
    }
    List<Integer> windows = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      String usual = layer % 2 == 0 ? "sliding_attention" : "full_attention";
      String type = types.isEmpty() ? usual : types.get(layer);
      switch (type) {
        case "sliding_attention" -> windows.add(window);
        case "full_attention" -> windows.add(0);
        default -> json.refuseLayerTypesOtherThan("full_attention");
      }
    }
    return windows;
  }

  /** transformers rounds the factor to the type of the weights: 16-bit models were trained so. */
  private static double rounded(double factor, ConfigJson json) {
    int droppedBits =
        switch (json.textOr(json.textOr("float32", "torch_dtype"), "dtype")) {
          case "bfloat16" -> 16;
          case "float16" -> 13;
          default -> 0;
        };
    int bits = Float.floatToIntBits((float) factor);
    int half = droppedBits == 0 ? 0 : (1 << (droppedBits - 1)) - 1 + (bits >> droppedBits & 1);
    return Float.intBitsToFloat((bits + half) >> droppedBits << droppedBits);
  }

  @Override
  public List<Weight> layerWeights(ModelConfig c) {
    List<Weight> weights = new ArrayList<>();
    weights.addAll(LlamaLike.layerWeights(c, LlamaLike.Bias.NONE));
    weights.add(Weight.of("pre_feedforward_layernorm.weight", c.width()));
    weights.add(Weight.of("post_feedforward_layernorm.weight", c.width()));
    return weights;
  }

  @Override
  public List<Object> scriptArguments(ModelConfig config) {
    List<Object> arguments = new ArrayList<>(LlamaLike.super.scriptArguments(config));
    arguments.add(config.attention().scale());
    arguments.add(config.attention().softCap());
    arguments.add(config.logitSoftCap());
    arguments.add(config.embeddingScale());
    return arguments;
  }
}
