package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.Step;

/** The keys and values of some layers, in the blocks that the engine's ledger gives out. */
interface KvCache extends AutoCloseable {
  /** Bytes that one token takes in one layer. */
  static long bytesPerToken(ModelConfig config, Precision precision) {
    return 2L * config.kvHeads() * config.headDim() * precision.bytes();
  }

  /** Changes the blocks. */
  void apply(Step.CacheOp op);

  /** The cache as the {@code attention.py} of its kind takes it in a step. */
  View view(Step step);

  /** Frees all blocks. */
  void clear();

  @Override
  void close();

  /**
   * What {@code Batch} is made of.
   *
   * @param keys tensors
   * @param values as many
   * @param groups numbers of the decoding part
   * @param chunks numbers of the prompt chunks
   */
  record View(List<NDArray> keys, List<NDArray> values, long[] groups, long[] chunks) {}
}
