package org.yukiguni.model;

import java.util.List;
import org.yukiguni.checkpoint.Architecture;

/** Which sources make up a module on a device. */
final class ModelScripts {
  private ModelScripts() {}

  static List<String> architecture(Architecture architecture, Linear linear) {
    return sources(architecture, linear.source, "adapter.py", "precision.py");
  }

  /** The architecture with bricks that have gradients. */
  static List<String> training(Architecture architecture) {
    return sources(
        architecture, "training/linear.py", "training/adapter.py", "training/precision.py");
  }

  private static List<String> sources(Architecture architecture, String linear, String adapter, String precision) {
    return List.of(
        architecture.scriptName() + ".py",
        "weights.py",
        "norm.py",
        "activation.py",
        "rotary.py",
        "cpu/attention.py",
        "gradients.py",
        linear,
        adapter,
        precision);
  }

  /** The kernels of linear layers. */
  enum Linear {
    /** oneDNN, on x86 processors. */
    ONEDNN("mkldnn/linear.py"),
    /** fbgemm in 8 bits, on x86 processors. */
    INT8("int8/linear.py"),
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
      if (options.weights() == WeightFormat.INT8 && !x86) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot run 8-bit weights on %s (%s) because their kernels are for x86 processors;"
                    + " set model.quantization to none",
                options.device(), processor));
      }
      return switch (options.weights()) {
        case INT8 -> INT8;
        case FLOAT32 -> x86 ? ONEDNN : PLAIN;
      };
    }
  }
}
