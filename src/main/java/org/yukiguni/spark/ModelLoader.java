package org.yukiguni.spark;

import java.io.Serializable;
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
   * Opens the model on a device and starts an engine on it.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @param threads for one operation on the CPU
   */
  OpenEngine openEngine(String device, int threads);

  /**
   * Looks whether the model could be opened on a device, without doing so.
   *
   * @return why not, as a sentence; empty if nothing speaks against it
   */
  Optional<String> refusal(String device);

  /** How many CUDA devices libtorch sees in this JVM; 0 if it has none or was built without. */
  int cudaDevices();
}
