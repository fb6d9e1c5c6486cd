package org.yukiguni.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Opens on an executor what a task needs of a model. It travels with the tasks, and loaders that
 * are equal share what they opened: implement it as a record of everything that makes two models
 * differ.
 */
public interface ModelLoader extends Serializable {
  /** Opens the tokeniser alone; needs no device. */
  TextCodec openCodec();

  /**
   * Opens the model and starts an engine.
   *
   * @param devices that may be used, {@code cpu} or each {@code cuda:N}
   * @param threads for one operation on the CPU
   */
  OpenEngine openEngine(List<String> devices, int threads);

  /**
   * Looks whether the model could be opened on devices, without doing so.
   *
   * @return why not, as a sentence; empty if nothing speaks against it
   */
  Optional<String> refusal(List<String> devices);

  /** What this JVM computes with on these devices, for people. */
  String describe(List<String> devices);

  /** How many CUDA devices libtorch sees in this JVM; 0 if it has none or was built without. */
  int cudaDevices();
}
