package org.yukiguni.engine;

/**
 * A beginning that several prompts have in common, as of a template or of examples: its keys and
 * values are computed once and held in one place, as long as there is room.
 */
final class SharedPrefix {
  final int[] tokens;

  /** The block of its keys and values; -1 while they are not there. */
  int block = -1;

  /** Tokens whose keys and values are computed, or planned to be. */
  int prefilled;

  /** Cache users that read them, or will. */
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

  /** Nobody reads it, and nothing is left of it. */
  void forget() {
    block = -1;
    prefilled = 0;
    users = 0;
  }

  /** Whether a request is about to compute it, which others must wait for. */
  boolean isBeingFilled() {
    return block >= 0 && prefilled < length();
  }
}
