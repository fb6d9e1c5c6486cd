package org.yukiguni.model;

import java.io.Serializable;

/**
 * How gradients are computed.
 *
 * @param memory what is kept of the layers between the way up and the way down
 * @param products in what the frozen matrices of the layers are multiplied
 */
public record TrainingOptions(Memory memory, Products products) implements Serializable {
  /** What is kept of the layers. */
  public enum Memory {
    /** Everything that the gradients need. */
    KEEP,
    /**
     * Their inputs; they are computed again. Takes the memory of one layer, and a third more time.
     */
    RECOMPUTE
  }

  /** In what the frozen matrices of the layers are multiplied; all else is float32. */
  public enum Products {
    FLOAT32,
    /** Inputs and gradients are rounded to bfloat16 for the product, as autocast does. */
    BFLOAT16
  }
}
