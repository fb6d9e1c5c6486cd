package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
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
   * {@inheritDoc} There is one tensor of keys and one of values; the groups are the number of
   * decoding sequences, the first place and number of each one's own keys, and of each shared
   * prompt the first place, length, number of its sequences and these; the chunks each prompt
   * chunk's first place, start and length.
   */
  @Override
  public View view(Step step) {
    int decoding = step.groups().stream().mapToInt(Step.DecodeGroup::sequences).sum();
    int sharing = step.shared().stream().mapToInt(prompt -> prompt.sequences().size()).sum();
    long[] groups = new long[1 + 2 * decoding + 3 * step.shared().size() + sharing];
    groups[0] = decoding;
    int t = 0;
    for (Step.DecodeGroup group : step.groups()) {
      for (int row = 0; row < group.sequences(); row++, t++) {
        groups[1 + 2 * t] = space.place(group.block(), row);
        groups[2 + 2 * t] = step.positions()[t] + 1L;
      }
    }
    int at = 1 + 2 * decoding;
    for (Step.SharedPrompt prompt : step.shared()) {
      groups[at++] = space.place(prompt.block(), 0);
      groups[at++] = prompt.length();
      groups[at++] = prompt.sequences().size();
      for (int sequence : prompt.sequences()) {
        groups[at++] = sequence;
        groups[2 + 2 * sequence] -= prompt.length();
      }
    }
    long[] chunks = new long[3 * step.prefills().size()];
    for (int c = 0; c < step.prefills().size(); c++) {
      Step.PrefillChunk chunk = step.prefills().get(c);
      chunks[3 * c] = space.place(chunk.block(), chunk.row());
      chunks[3 * c + 1] = chunk.start();
      chunks[3 * c + 2] = chunk.length();
    }
    return new View(List.of(keys), List.of(values), groups, chunks);
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
