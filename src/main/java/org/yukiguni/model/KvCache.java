package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yukiguni.checkpoint.ModelConfig;
import org.yukiguni.engine.Step.CacheOp;
import org.yukiguni.script.ScriptModule;

/** The tensors of the KV cache: for each block of R rows and P positions two of [L, R, J, P, D]. */
final class KvCache implements AutoCloseable {
  private final NDManager manager;
  private final ModelConfig config;
  private final ScriptModule copier;
  private final Map<Integer, Block> blocks = new HashMap<>();

  /** Keys and values of one block. */
  record Block(NDArray keys, NDArray values) implements AutoCloseable {
    @Override
    public void close() {
      keys.close();
      values.close();
    }
  }

  KvCache(NDManager manager, ModelConfig config) {
    this.manager = manager;
    this.config = config;
    this.copier = ScriptModule.compile(manager, "cache", List.of("cache.py"));
  }

  static long bytesPerToken(ModelConfig config) {
    return 2L * config.layers() * config.kvHeads() * config.headDim() * Float.BYTES;
  }

  Block block(int id) {
    return blocks.get(id);
  }

  void apply(CacheOp op) {
    if (op instanceof CacheOp.Allocate allocate) {
      Shape shape =
          new Shape(
              config.layers(),
              allocate.rows(),
              config.kvHeads(),
              allocate.capacity(),
              config.headDim());
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

  void clear() {
    blocks.values().forEach(Block::close);
    blocks.clear();
  }

  @Override
  public void close() {
    clear();
    copier.close();
  }
}
