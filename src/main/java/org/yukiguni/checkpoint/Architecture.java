package org.yukiguni.checkpoint;

import java.util.Arrays;
import java.util.List;

/** The supported architectures, under the names of {@code architectures} in {@code config.json}. */
public enum Architecture {
  GPT2("GPT2LMHeadModel", "gpt2", new Gpt2()),
  GPT_NEOX("GPTNeoXForCausalLM", "gpt_neox", new GptNeoX()),
  LLAMA("LlamaForCausalLM", "llama", new Llama()),
  MISTRAL("MistralForCausalLM", "llama", new Mistral()),
  QWEN2("Qwen2ForCausalLM", "llama", new Qwen2()),
  QWEN3("Qwen3ForCausalLM", "llama", new Qwen3()),
  PHI3("Phi3ForCausalLM", "llama", new Phi3()),
  GEMMA2("Gemma2ForCausalLM", "gemma2", new Gemma2());

  private final String className;
  private final String scriptName;

  /** Without state. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Family family;

  Architecture(String className, String scriptName, Family family) {
    this.className = className;
    this.scriptName = scriptName;
    this.family = family;
  }

  /** Its name in {@code config.json}. */
  public String className() {
    return className;
  }

  /** Name of the TorchScript source that computes it. */
  public String scriptName() {
    return scriptName;
  }

  /**
   * What the script's {@code configure} takes, in its order: Integer, Double, Boolean, String,
   * {@code long[]} and {@code double[]}.
   */
  public List<Object> scriptArguments(ModelConfig config) {
    return family.scriptArguments(config);
  }

  /** The weights of each layer, named without the layer's prefix. */
  public List<Weight> layerWeights(ModelConfig config) {
    return family.layerWeights(config);
  }

  /** The weights before the first and after the last layer. */
  public List<Weight> endWeights(ModelConfig config) {
    return family.endWeights(config);
  }

  /** The prefixes that a layer's names can have, the usual one first. */
  public List<String> layerPrefixes(int layer) {
    return family.layerPrefixes(layer);
  }

  Family family() {
    return family;
  }

  static Architecture of(String name, Object file) {
    return Arrays.stream(values())
        .filter(a -> a.className.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CheckpointException(
                    String.format(
                        "Cannot run the architecture %s of %s because it is not supported;"
                            + " supported are %s",
                        name,
                        file,
                        String.join(
                            ", ", Arrays.stream(values()).map(a -> a.className).toList()))));
  }
}
