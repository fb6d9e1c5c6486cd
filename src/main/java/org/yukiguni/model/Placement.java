package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.yukiguni.script.ScriptModule;

/** Brings tensors to where, and into the type in which, a stage computes. */
final class Placement implements AutoCloseable {
  private final ScriptModule module;
  private final String device;
  private final Precision precision;

  Placement(NDManager manager, ModelOptions options) {
    this.module = ScriptModule.compile(manager, "placement", List.of("placement.py"));
    this.device = options.device();
    this.precision = options.precision();
  }

  String device() {
    return device;
  }

  /** The tensor itself, without a copy, if it is there already. */
  NDArray place(NDManager scope, NDArray tensor) {
    return module.tensor(scope, "place", tensor, device, precision.scriptType());
  }

  @Override
  public void close() {
    module.close();
  }
}
