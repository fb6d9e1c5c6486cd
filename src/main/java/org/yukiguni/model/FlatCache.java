package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.Step.CacheOp;
import org.yukiguni.script.ScriptModule;

/**
 * A cache in two tensors of [L, N, J, D], of which a block is a run of places and each of its rows
 * a part of that: one kernel can then read the keys of all sequences.
 */
final class FlatCache implements KvCache {
  private final NDManager manager;
  private final ModelConfig config;
  private final int layers;
  private final ModelOptions options;
  private final ScriptModule copier;
  private FlatSpace space = new FlatSpace(0);
  private NDArray keys;
  private NDArray values;

  FlatCache(NDManager manager, ModelConfig config, int layers, ModelOptions options) {
    this.manager = manager;
    this.config = config;
    this.layers = layers;
    this.options = options;
    this.copier = ScriptModule.compile(manager, "cache", List.of("cache.py"));
  }

  /** Takes the memory for so many tokens, which is then kept; before the first block. */
  void reserve(long tokens) {
    space = new FlatSpace(tokens);
    keys = zeros(tokens);
    values = zeros(tokens);
  }

  private NDArray zeros(long tokens) {
    long[] shape = {layers, tokens, config.kvHeads(), config.headDim()};
    return copier.tensor(
        manager, "zeros", shape, options.device(), options.precision().scriptType());
  }

  @Override
  public void apply(CacheOp op) {
    if (op instanceof CacheOp.Allocate allocate) {
      for (FlatSpace.Shift shift :
          space.allocate(allocate.block(), allocate.rows(), allocate.capacity())) {
        copy(shift.from(), shift.to(), shift.places());
      }
    } else if (op instanceof CacheOp.Move move) {
      long from = space.place(move.fromBlock(), move.fromRow());
      copy(from, space.place(move.toBlock(), move.toRow()), move.length());
    } else if (op instanceof CacheOp.Release release) {
      space.release(release.block());
    }
  }

  private void copy(long from, long to, long places) {
    copier.run("shift", keys, from, to, places);
    copier.run("shift", values, from, to, places);
  }

  /**
   * {@inheritDoc} The tensors are the keys, the values, and the table of {@link FlatLayout}, which
   * is uploaded.
   */
  @Override
  public View view(Step step, Upload upload) {
    FlatLayout layout = FlatLayout.of(step, space);
    return new View(
        List.of(keys, values), Optional.of(upload.add(layout.table())), layout.numbers());
  }

  @Override
  public void clear() {
    space.clear();
  }

  @Override
  public void close() {
    if (keys != null) {
      keys.close();
      values.close();
    }
    copier.close();
  }
}
