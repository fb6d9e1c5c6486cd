package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.Step;
import org.yukiguni.engine.Step.CacheOp;
import org.yukiguni.script.ScriptModule;

/**
 * A cache of tensors: for each block of R rows and P positions two of [L, R, J, P, D], in float32.
 */
final class BlockCache implements KvCache {
  private final NDManager manager;
  private final ModelConfig config;
  private final int layers;
  private final ScriptModule copier;
  private final Map<Integer, Block> blocks = new HashMap<>();

  /** Keys and values of one block. */
  private record Block(NDArray keys, NDArray values) implements AutoCloseable {
    @Override
    public void close() {
      keys.close();
      values.close();
    }
  }

  BlockCache(NDManager manager, ModelConfig config, int layers) {
    this.manager = manager;
    this.config = config;
    this.layers = layers;
    this.copier = ScriptModule.compile(manager, "cache", List.of("cache.py"));
  }

  /**
   * {@inheritDoc} The tensors are the keys in the block of each decoding group, then of each prompt
   * chunk, and then the values; the layout the number of groups, of each its sequences and key
   * length, and each prompt chunk's row, start and length.
   */
  @Override
  public View view(Step step, Upload upload) {
    List<NDArray> keys = new ArrayList<>();
    List<NDArray> values = new ArrayList<>();
    long[] layout = new long[1 + 2 * step.groups().size() + 3 * step.prefills().size()];
    int at = 0;
    layout[at++] = step.groups().size();
    for (Step.DecodeGroup group : step.groups()) {
      keys.add(blocks.get(group.block()).keys());
      values.add(blocks.get(group.block()).values());
      layout[at++] = group.sequences();
      layout[at++] = group.keyLength();
    }
    for (Step.PrefillChunk chunk : step.prefills()) {
      keys.add(blocks.get(chunk.block()).keys());
      values.add(blocks.get(chunk.block()).values());
      layout[at++] = chunk.row();
      layout[at++] = chunk.start();
      layout[at++] = chunk.length();
    }
    keys.addAll(values);
    return new View(keys, Optional.empty(), layout);
  }

  @Override
  public void apply(CacheOp op) {
    if (op instanceof CacheOp.Allocate allocate) {
      Shape shape =
          new Shape(
              layers, allocate.rows(), config.kvHeads(), allocate.capacity(), config.headDim());
      blocks.put(
          allocate.block(),
          new Block(
              manager.zeros(shape, DataType.FLOAT32), manager.zeros(shape, DataType.FLOAT32)));
    } else if (op instanceof CacheOp.Move move) {
      Block from = blocks.get(move.fromBlock());
      Block to = blocks.get(move.toBlock());
      move(move, from.keys(), to.keys());
      move(move, from.values(), to.values());
    } else if (op instanceof CacheOp.Release release) {
      blocks.remove(release.block()).close();
    }
  }

  private void move(CacheOp.Move move, NDArray from, NDArray to) {
    copier.run("move", from, move.fromRow(), to, move.toRow(), move.length());
  }

  @Override
  public void clear() {
    blocks.values().forEach(Block::close);
    blocks.clear();
  }

  @Override
  public void close() {
    clear();
    copier.close();
  }
}
