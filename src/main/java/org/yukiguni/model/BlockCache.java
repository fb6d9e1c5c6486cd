package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
   * {@inheritDoc} The keys are the block of each decoding group, then of each prompt chunk; the
   * groups each decoding group's sequences and key length; the chunks each prompt chunk's row,
   * start and length.
   */
  @Override
  public View view(Step step) {
    View view =
        new View(
            new ArrayList<>(),
            new ArrayList<>(),
            new long[2 * step.groups().size()],
            new long[3 * step.prefills().size()]);
    for (int g = 0; g < step.groups().size(); g++) {
      Step.DecodeGroup group = step.groups().get(g);
      add(group.block(), view);
      view.groups()[2 * g] = group.sequences();
      view.groups()[2 * g + 1] = group.keyLength();
    }
    for (int c = 0; c < step.prefills().size(); c++) {
      Step.PrefillChunk chunk = step.prefills().get(c);
      add(chunk.block(), view);
      view.chunks()[3 * c] = chunk.row();
      view.chunks()[3 * c + 1] = chunk.start();
      view.chunks()[3 * c + 2] = chunk.length();
    }
    return view;
  }

  private void add(int id, View view) {
    Block block = blocks.get(id);
    view.keys().add(block.keys());
    view.values().add(block.values());
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
