package org.yukiguni.tokenizer;

import java.util.Arrays;

/** A growing list of token ids. */
final class TokenBuffer {
  private int[] ids;
  private int size;

  TokenBuffer() {
    ids = new int[32];
  }

  private TokenBuffer(int[] ids, int size) {
    this.ids = ids;
    this.size = size;
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
  }

  void addAll(int[] others) {
    for (int id : others) {
      add(id);
    }
  }

  int get(int index) {
    return ids[index];
  }

  int size() {
    return size;
  }

  /** Drops the first ids. */
  void dropFirst(int count) {
    System.arraycopy(ids, count, ids, 0, size - count);
    size -= count;
  }

  int[] slice(int from, int to) {
    return Arrays.copyOfRange(ids, from, to);
  }

  int[] toArray() {
    return slice(0, size);
  }

  TokenBuffer copy() {
    return new TokenBuffer(ids.clone(), size);
  }
}
