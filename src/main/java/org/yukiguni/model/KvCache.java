package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

  /**
   * The cache as the {@code attention.py} of its kind takes it in a step.
   *
   * @param upload takes along what must be on the device
   */
  View view(Step step, Upload upload);

  /** Frees all blocks. */
  void clear();

  @Override
  void close();

  /**
   * What {@code Batch} is made of.
   *
   * @param tensors of the cache
   * @param uploaded goes behind them; empty for nothing
   * @param layout how they are to be read
   */
  record View(List<NDArray> tensors, Optional<Upload.Part> uploaded, long[] layout) {
    /** All tensors; once the upload is sent. */
    List<NDArray> cache() {
      return uploaded
          .map(part -> Stream.concat(tensors.stream(), Stream.of(part.tensor())).toList())
          .orElse(tensors);
    }
  }
}
