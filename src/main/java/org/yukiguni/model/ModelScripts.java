package org.yukiguni.model;

import java.util.ArrayList;
import java.util.List;
import org.yukiguni.checkpoint.Architecture;

/** Which sources make up a module on a device. */
final class ModelScripts {
  private ModelScripts() {}

  /**
   * The kernels of a module.
   *
   * @param linear of linear layers
   * @param attention how keys and values lie, and what reads them
   */
  record Kernels(Linear linear, Attention attention) {
    /** The fastest ones that compute so on the device. */
    static Kernels best(ModelOptions options) {
      return new Kernels(Linear.best(options), Attention.best(options.device()));
    }
  }

  static List<String> architecture(Architecture architecture, Kernels kernels) {
    return sources(
        architecture,
        kernels.attention,
        List.of(kernels.linear.source, "adapter.py", "precision.py"));
  }

  /** The architecture with bricks that have gradients. */
  static List<String> training(Architecture architecture) {
    return sources(
        architecture,
        Attention.IN_BLOCKS,
        List.of("training/linear.py", "training/adapter.py", "training/precision.py"));
  }

  private static List<String> sources(
      Architecture architecture, Attention attention, List<String> others) {
    List<String> sources =
        new ArrayList<>(
            List.of(
                architecture.scriptName() + ".py",
                "weights.py",
                "norm.py",
                "activation.py",
                "rotary.py",
                "score.py",
                "gradients.py"));
    sources.addAll(attention.sources);
    sources.addAll(others);
    return sources;
  }

  /**
   * Where a step finds its keys and values.
   *
   * @param isFlat whether they lie in one tensor; else in blocks
   * @param sources resource paths
   */
  record Attention(boolean isFlat, List<String> sources) {
    /** For processors. */
    static final Attention IN_BLOCKS = new Attention(false, List.of("cpu/attention.py"));

    /** For GPUs that have FlashAttention. */
    static final Attention FLASH = flat("cuda/flash.py");

    /** For other GPUs. */
    static final Attention FLAT = flat("cuda/older/flash.py");

    static Attention flat(String flash) {
      return new Attention(true, List.of("cuda/attention.py", "cuda/ragged.py", flash));
    }

    static Attention best(String device) {
      if (device.equals("cpu")) {
        return IN_BLOCKS;
      }
      int index = Integer.parseInt(device.substring("cuda:".length()));
      List<Gpu> gpus = Gpu.visible();
      // FlashAttention 2 wants the same generation as bfloat16.
      return index < gpus.size() && gpus.get(index).hasBfloat16() ? FLASH : FLAT;
    }
  }

  /** The kernels of linear layers. */
  enum Linear {
    /** oneDNN, on x86 processors. */
    ONEDNN("mkldnn/linear.py"),
    /** fbgemm in 8 bits, on x86 processors. */
    INT8("int8/linear.py"),
    /** Whatever libtorch takes on the device, on weights that are stored in 8 bits. */
    DEQUANTIZED("dequantized/linear.py"),
    /** Whatever libtorch takes on the device. */
    PLAIN("linear.py");

    private final String source;

    Linear(String source) {
      this.source = source;
    }

    /** Resource path of the class that runs them. */
    String source() {
      return source;
    }

    /** The fastest kernels that compute so on the device. */
    static Linear best(ModelOptions options) {
      String processor = System.getProperty("os.arch");
      boolean x86 = options.device().equals("cpu") && processor.matches("amd64|x86_64");
      return switch (options.weights()) {
        case INT8 -> x86 ? INT8 : DEQUANTIZED;
        case FLOAT32 -> x86 ? ONEDNN : PLAIN;
      };
    }
  }
}
