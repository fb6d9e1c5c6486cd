package org.yukiguni.tokenizer;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding as in sentencepiece's {@code src/bpe_model.cc}: of all neighbouring symbols
 * whose concatenation is a piece, the pair with the best score is merged first, the leftmost of
 * equals. User-defined pieces are found before and never merged.
 */
final class BpeSegmenter implements Segmenter {
  private static final int NONE = -1;
  private static final Comparator<Merge> BEST_FIRST =
      Comparator.comparing(Merge::score).reversed().thenComparing(Merge::left);

  private final ByteTrie trie;
  private final ByteTrie userDefined;
  private final float[] scores;
  private final UnknownPieces unknown;

  BpeSegmenter(SentencePieceModel model) {
    this.trie = model.trieOf(SentencePiece.Type.NORMAL, SentencePiece.Type.USER_DEFINED);
    this.userDefined = model.trieOf(SentencePiece.Type.USER_DEFINED);
    this.unknown = new UnknownPieces(model);
    this.scores = new float[model.pieces().size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = model.pieces().get(id).score();
    }
  }

  @Override
  public void segment(byte[] text, TokenBuffer out) {
    Symbols symbols = new Symbols(text);
    PriorityQueue<Merge> queue = new PriorityQueue<>(BEST_FIRST);
    for (int i = 1; i < symbols.count; i++) {
      offer(symbols, i - 1, i, queue);
    }
    for (Merge merge = queue.poll(); merge != null; merge = queue.poll()) {
      if (symbols.isStale(merge)) {
        continue;
      }
      symbols.merge(merge);
      offer(symbols, symbols.previous[merge.left], merge.left, queue);
      offer(symbols, merge.left, symbols.next[merge.left], queue);
    }
    append(symbols, out);
  }

  private void offer(Symbols symbols, int left, int right, PriorityQueue<Merge> queue) {
    if (left == NONE || right == NONE || symbols.frozen[left] || symbols.frozen[right]) {
      return;
    }
    int id = trie.find(symbols.text, symbols.start[left], symbols.end[right]);
    if (id != ByteTrie.NONE) {
      queue.add(new Merge(scores[id], left, right, symbols.end[right] - symbols.start[left]));
    }
  }

  private void append(Symbols symbols, TokenBuffer out) {
    UnknownPieces.Writer writer = unknown.writer(symbols.text, out);
    for (int i = symbols.count == 0 ? NONE : 0; i != NONE; i = symbols.next[i]) {
      int id = trie.find(symbols.text, symbols.start[i], symbols.end[i]);
      if (id == ByteTrie.NONE) {
        writer.unknown(symbols.start[i], symbols.end[i]);
      } else {
        writer.known(id);
      }
    }
  }

  /**
   * A possible merge of two symbols.
   *
   * @param length their length in bytes when it was found; another length now makes it stale
   */
  private record Merge(float score, int left, int right, int length) {}

  /** The symbols of a text as a linked list of byte ranges; an absorbed one is empty. */
  private final class Symbols {
    private final byte[] text;
    private final int[] start;
    private final int[] end;
    private final int[] previous;
    private final int[] next;
    private final boolean[] frozen;
    private int count;

    Symbols(byte[] text) {
      this.text = text;
      start = new int[text.length];
      end = new int[text.length];
      previous = new int[text.length];
      next = new int[text.length];
      frozen = new boolean[text.length];
      for (int at = 0; at < text.length; at = end[count++]) {
        int user = userDefined.longestMatch(text, at);
        frozen[count] = user > 0;
        start[count] = at;
        end[count] = at + (user > 0 ? user : Utf8.lengthAt(text, at));
        previous[count] = count - 1;
        next[count] = end[count] == text.length ? NONE : count + 1;
      }
    }

    boolean isStale(Merge merge) {
      int left = end[merge.left] - start[merge.left];
      int right = end[merge.right] - start[merge.right];
      return left == 0 || right == 0 || left + right != merge.length;
    }

    void merge(Merge merge) {
      int left = merge.left;
      int right = merge.right;
      end[left] = end[right];
      start[right] = end[right];
      next[left] = next[right];
      if (next[left] != NONE) {
        previous[next[left]] = left;
      }
    }
  }
}
