package org.yukiguni.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which places of a flat buffer belong to which block. A block takes the first gap that is large
 * enough; where only all gaps together are, the blocks are moved to the front first.
 */
final class FlatSpace {
  private final long places;
  private final Map<Integer, Block> blocks = new HashMap<>();

  /** The same by their first place. */
  private final TreeMap<Long, Block> inOrder = new TreeMap<>();

  /** A run of places, which rows share evenly. */
  private record Block(int id, long begin, int rows, int capacity) {
    long end() {
      return begin + (long) rows * capacity;
    }
  }

  /** Places whose contents go elsewhere; both runs may overlap. */
  record Shift(long from, long to, long places) {}

  FlatSpace(long places) {
    this.places = places;
  }

  /** How many there are. */
  long places() {
    return places;
  }

  /**
   * Makes a block.
   *
   * @return what must be moved before, in this order
   * @throws IllegalStateException if all gaps together are too small, which the engine's ledger
   *     excludes
   */
  List<Shift> allocate(int id, int rows, int capacity) {
    long wanted = (long) rows * capacity;
    List<Shift> shifts = new ArrayList<>();
    long begin = gap(wanted);
    if (begin < 0) {
      begin = close(shifts);
    }
    if (begin + wanted > places) {
      throw new IllegalStateException(
          "Cannot place a block of %d tokens because %d of the cache's %d are taken"
              .formatted(wanted, begin, places));
    }
    put(new Block(id, begin, rows, capacity));
    return shifts;
  }

  void release(int id) {
    inOrder.remove(blocks.remove(id).begin());
  }

  /** Where a row of a block begins. */
  long place(int id, int row) {
    Block block = blocks.get(id);
    return block.begin() + (long) row * block.capacity();
  }

  void clear() {
    blocks.clear();
    inOrder.clear();
  }

  private long gap(long wanted) {
    long begin = 0;
    for (Block block : inOrder.values()) {
      if (block.begin() - begin >= wanted) {
        return begin;
      }
      begin = block.end();
    }
    return places - begin >= wanted ? begin : -1;
  }

  /** Moves all blocks to the front; returns the first place behind them. */
  private long close(List<Shift> shifts) {
    List<Block> old = List.copyOf(inOrder.values());
    clear();
    long begin = 0;
    for (Block block : old) {
      if (block.begin() != begin) {
        shifts.add(new Shift(block.begin(), begin, block.end() - block.begin()));
      }
      Block moved = new Block(block.id(), begin, block.rows(), block.capacity());
      put(moved);
      begin = moved.end();
    }
    return begin;
  }

  private void put(Block block) {
    blocks.put(block.id(), block);
    inOrder.put(block.begin(), block);
  }
}
