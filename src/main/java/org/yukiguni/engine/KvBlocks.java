package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The blocks of the cache: their ids, the memory they take, and the changes with which the next
 * step begins.
 */
final class KvBlocks {
  private final long budgetTokens;
  private final List<Integer> freeIds = new ArrayList<>();
  private int nextId;
  private long allocatedTokens;
  private List<Step.CacheOp> ops = new ArrayList<>();

  KvBlocks(long budgetTokens) {
    this.budgetTokens = budgetTokens;
  }

  long allocatedTokens() {
    return allocatedTokens;
  }

  boolean hasRoom(long tokens) {
    return allocatedTokens + tokens <= budgetTokens;
  }

  /** Makes a block; returns its id. */
  int allocate(int rows, int capacity) {
    allocatedTokens += (long) rows * capacity;
    int id = freeIds.isEmpty() ? nextId++ : freeIds.remove(freeIds.size() - 1);
    ops.add(new Step.CacheOp.Allocate(id, rows, capacity));
    return id;
  }

  /**
   * Frees a block.
   *
   * @param tokens that it has room for
   */
  void release(int block, long tokens) {
    ops.add(new Step.CacheOp.Release(block));
    freeIds.add(block);
    allocatedTokens -= tokens;
  }

  /** Copies the first positions of a row. */
  void copy(int fromBlock, int fromRow, int toBlock, int toRow, int length) {
    ops.add(new Step.CacheOp.Move(fromBlock, fromRow, toBlock, toRow, length));
  }

  /** The changes since the last call, in order. */
  List<Step.CacheOp> takeOps() {
    List<Step.CacheOp> taken = ops;
    ops = new ArrayList<>();
    return taken;
  }

  /** Forgets everything. */
  void clear() {
    allocatedTokens = 0;
    ops.clear();
    freeIds.clear();
    nextId = 0;
  }
}
