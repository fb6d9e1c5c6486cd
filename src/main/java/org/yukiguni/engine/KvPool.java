package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Slots of one capacity, without gaps once {@link #compact} has run: slot i is row {@code i %
 * rowsPerBlock} of block {@code i / rowsPerBlock}, so that a decoding step reads each block as one
 * slice and copies nothing.
 */
final class KvPool {
  final int index;
  final int capacity;
  final int rowsPerBlock;
  final List<Integer> blocks = new ArrayList<>();
  private final List<Sequence> slots = new ArrayList<>();
  private int holes;

  KvPool(int index, int capacity, int rowsPerBlock) {
    this.index = index;
    this.capacity = capacity;
    this.rowsPerBlock = rowsPerBlock;
  }

  /** Sequences in slot order; only after {@link #compact}. */
  List<Sequence> sequences() {
    return slots;
  }

  int blockOf(int slot) {
    return blocks.get(slot / rowsPerBlock);
  }

  int rowOf(int slot) {
    return slot % rowsPerBlock;
  }

  long blockTokens() {
    return (long) rowsPerBlock * capacity;
  }

  /** Whether another sequence needs another block. */
  boolean isFull() {
    return holes == 0 && slots.size() == blocks.size() * rowsPerBlock;
  }

  /** Gives the sequence a slot; there must be one. */
  void place(Sequence s) {
    int slot = slots.size();
    if (holes > 0) {
      slot = slots.indexOf(null);
      slots.set(slot, s);
      holes--;
    } else {
      slots.add(s);
    }
    s.pool = index;
    s.slot = slot;
  }

  /** Takes a slot back. */
  void vacate(int slot) {
    slots.set(slot, null);
    holes++;
  }

  /** Fills each hole with the last sequence. */
  void compact(KvBlocks all) {
    while (holes > 0) {
      Sequence last = slots.remove(slots.size() - 1);
      if (last == null) {
        holes--;
        continue;
      }
      int from = last.slot;
      place(last);
      all.copy(blockOf(from), rowOf(from), blockOf(last.slot), rowOf(last.slot), last.ownLength());
    }
  }

  /** Removes and returns the blocks behind the last sequence. */
  List<Integer> takeEmptyBlocks() {
    int used = (slots.size() + rowsPerBlock - 1) / rowsPerBlock;
    List<Integer> empty = blocks.subList(used, blocks.size());
    List<Integer> taken = List.copyOf(empty);
    empty.clear();
    return taken;
  }

  /** The sequences there are now, gaps left out. */
  List<Sequence> snapshot() {
    return slots.stream().filter(Objects::nonNull).toList();
  }

  void clear() {
    slots.clear();
    blocks.clear();
    holes = 0;
  }
}
