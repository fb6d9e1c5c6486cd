package org.yukiguni.model;

import java.util.List;
import org.yukiguni.checkpoint.Architecture;

/** Which sources make up a module on a device. */
final class ModelScripts {
  private ModelScripts() {}

  static List<String> architecture(Architecture architecture, Linear linear) {
    return sources(architecture, linear.source, "adapter.py");
  }

  /** The architecture with bricks that have gradients. */
  static List<String> training(Architecture architecture) {
    return sources(architecture, "training/linear.py", "training/adapter.py");
  }

  private static List<String> sources(Architecture architecture, String linear, String adapter) {
    return List.of(
        architecture.scriptName() + ".py",
        "weights.py",
        "norm.py",
        "activation.py",
        "rotary.py",
        "cpu/attention.py",
        "gradients.py",
        linear,
        adapter);
  }

  /** The kernels of linear layers. */
  enum Linear {
    /** oneDNN, on x86 processors. */
    ONEDNN("mkldnn/linear.py"),
    /** Whatever libtorch takes on the device. */
    PLAIN("linear.py");

    private final String source;

    Linear(String source) {
      this.source = source;
    }

    static Linear bestOn(String device) {
      boolean x86 = System.getProperty("os.arch").matches("amd64|x86_64");
      return device.equals("cpu") && x86 ? ONEDNN : PLAIN;
    }
  }
}
