package org.yukiguni.checkpoint;

/**
 * A linear layer of a model.
 *
 * @param layer it belongs to
 * @param name of its module within the layer, such as {@code self_attn.q_proj}
 * @param path of its module in the model, as transformers and peft have it
 * @param in channels
 * @param out channels
 */
record LinearModule(int layer, String name, String path, long in, long out) {
  /** The last part of its path, by which peft's {@code target_modules} usually name it. */
  String lastName() {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
