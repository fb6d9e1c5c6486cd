package org.yukiguni.engine;

/**
 * A beginning that several prompts have in common, as of a template or of examples: its keys and
 * values are computed once and held in one place, as long as there is room.
 */
final class SharedPrefix {
  final int[] tokens;

  /** The block of its keys and values; -1 while they are not there. */
  int block = -1;

  /** The request that computes them; null once they are computed, or while nobody does. */
  ActiveRequest supplier;

  /** Cache users that read them there. */
  int users;

  SharedPrefix(int[] tokens) {
    this.tokens = tokens;
  }

  int length() {
    return tokens.length;
  }

  /** Positions of its block. */
  int capacity() {
    return KvLedger.keyLength(length());
  }
}
