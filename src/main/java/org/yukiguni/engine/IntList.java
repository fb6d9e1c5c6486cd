package org.yukiguni.engine;

import java.util.Arrays;

/** A growing list of token ids. */
final class IntList {
  private int[] values;
  private int size;

  IntList(int... values) {
    this.values = Arrays.copyOf(values, values.length + 16);
    this.size = values.length;
  }

  private IntList(IntList other) {
    this.values = other.values.clone();
    this.size = other.size;
  }

  IntList fork() {
    return new IntList(this);
  }

  void add(int value) {
    reserve(1);
    values[size++] = value;
  }

  void addAll(int[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, values, size, more.length);
    size += more.length;
  }

  private void reserve(int more) {
    if (size + more > values.length) {
      values = Arrays.copyOf(values, Math.max(2 * values.length, size + more));
    }
  }

  int size() {
    return size;
  }

  int at(int index) {
    return values[index];
  }

  /** Whether the same tokens stand at two places. */
  boolean equalRuns(int from, int otherFrom, int length) {
    return Arrays.equals(values, from, from + length, values, otherFrom, otherFrom + length);
  }

  /** Whether the list ends with the first tokens of a word, all but its last one. */
  boolean endsWithAllButLast(int[] word) {
    int prefix = word.length - 1;
    return prefix <= size && Arrays.equals(values, size - prefix, size, word, 0, prefix);
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
