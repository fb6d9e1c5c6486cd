package org.yukiguni.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * The compiled replacement rules of a normaliser, {@code precompiled_charsmap}: the size of a
 * double array trie in bytes, the trie (darts-clone's {@code include/darts.h}), then replacement
 * strings that end in NUL. Source: sentencepiece's {@code src/normalizer.cc}.
 */
final class CharsMap {
  private static final int VALUE_MASK = 0x7FFFFFFF;
  private static final int LABEL_MASK = 0x800000FF;

  private final int[] units;
  private final byte[] replacements;

  private CharsMap(int[] units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /** Reads the rules; every offset that a text could lead to is checked here. */
  static CharsMap parse(byte[] blob) {
    ByteBuffer in = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    long trieBytes = in.remaining() < 4 ? -1 : in.getInt() & 0xFFFFFFFFL;
    if (trieBytes < 4 || trieBytes % 4 != 0 || trieBytes > in.remaining()) {
      throw damaged("its trie of " + trieBytes + " bytes does not fit " + blob.length + " bytes");
    }
    int[] units = new int[(int) trieBytes / 4];
    in.asIntBuffer().get(units);
    in.position(4 + (int) trieBytes);
    byte[] replacements = new byte[in.remaining()];
    in.get(replacements);
    CharsMap map = new CharsMap(units, replacements);
    map.check();
    return map;
  }

  /**
   * Finds the longest rule for the text at an offset.
   *
   * @return its length in bytes in the upper half and the place of its replacement in the lower, or
   *     0 if there is none
   */
  long longest(byte[] text, int from) {
    long best = 0;
    int base = offset(units[0]);
    for (int i = from; i < text.length && text[i] != 0; i++) {
      int node = base ^ (text[i] & 0xFF);
      if (!isNode(node, text[i] & 0xFF)) {
        break;
      }
      base = node ^ offset(units[node]);
      if (hasValue(node)) {
        best = ((long) (i + 1 - from) << 32) | (units[base] & VALUE_MASK);
      }
    }
    return best;
  }

  /** The replacement at a place. */
  byte[] replacement(int place) {
    int end = place;
    while (replacements[end] != 0) {
      end++;
    }
    byte[] result = new byte[end - place];
    System.arraycopy(replacements, place, result, 0, result.length);
    return result;
  }

  private boolean isNode(int node, int label) {
    return node >= 0 && node < units.length && (units[node] & LABEL_MASK) == label;
  }

  private boolean hasValue(int node) {
    return ((units[node] >>> 8) & 1) == 1;
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & 0x200) >>> 6);
  }

  private void check() {
    if (replacements.length > 0 && replacements[replacements.length - 1] != 0) {
      throw damaged("its last replacement has no end");
    }
    BitSet seen = new BitSet(units.length);
    Deque<Integer> open = new ArrayDeque<>();
    open.push(offset(units[0]));
    while (!open.isEmpty()) {
      int base = open.pop();
      for (int label = 1; label < 256; label++) {
        int node = base ^ label;
        if (isNode(node, label) && !seen.get(node)) {
          seen.set(node);
          int next = node ^ offset(units[node]);
          if (hasValue(node)) {
            checkValue(next);
          }
          open.push(next);
        }
      }
    }
  }

  private void checkValue(int leaf) {
    if (leaf < 0 || leaf >= units.length || (units[leaf] & VALUE_MASK) >= replacements.length) {
      throw damaged("one of its rules points outside of it");
    }
  }

  private static TokenizerException damaged(String reason) {
    return new TokenizerException(
        "Cannot read the precompiled_charsmap of a SentencePiece model because "
            + reason
            + "; copy the file again from its source.");
  }
}
