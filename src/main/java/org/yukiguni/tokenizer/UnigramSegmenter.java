package org.yukiguni.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The most probable segmentation under a unigram model, by Viterbi's algorithm. Source: {@code
 * EncodeOptimized} of sentencepiece's {@code src/unigram_model.cc}.
 *
 * <p>All sums are rounded to float, since equally probable segmentations are common (runs of blanks
 * or dots) and the rounding decides between them. That and the score of user-defined pieces are as
 * measured on sentencepiece 0.2.2; its older releases decide some of those ties differently.
 */
final class UnigramSegmenter implements Segmenter {
  private static final int NONE = -1;

  /** sentencepiece's {@code kUnkPenalty}. */
  private static final float UNKNOWN_PENALTY = 10.0f;

  private final ByteTrie trie;
  private final float[] scores;
  private final float unknownScore;
  private final UnknownPieces unknown;

  UnigramSegmenter(SentencePieceModel model) {
    this.trie = model.trieOf(SentencePiece.Type.NORMAL, SentencePiece.Type.USER_DEFINED);
    this.unknown = new UnknownPieces(model);
    this.scores = new float[model.pieces().size()];
    float least = Float.MAX_VALUE;
    for (int id = 0; id < scores.length; id++) {
      SentencePiece piece = model.pieces().get(id);
      scores[id] = score(piece);
      if (piece.type() == SentencePiece.Type.NORMAL) {
        least = Math.min(least, piece.score());
      }
    }
    this.unknownScore = (least == Float.MAX_VALUE ? 0 : least) - UNKNOWN_PENALTY;
  }

  /** The score of a piece; user-defined ones get a bonus that nothing of their length reaches. */
  private static float score(SentencePiece piece) {
    if (piece.type() != SentencePiece.Type.USER_DEFINED) {
      return piece.score();
    }
    int bytes = piece.text().getBytes(StandardCharsets.UTF_8).length;
    return (float) (0.1 * bytes - 0.1);
  }

  @Override
  public void segment(byte[] text, TokenBuffer out) {
    Lattice lattice = new Lattice(text.length);
    for (int at = 0; at < text.length; at += Utf8.lengthAt(text, at)) {
      int characterEnd = at + Utf8.lengthAt(text, at);
      boolean covered = false;
      int node = ByteTrie.ROOT;
      for (int end = at; end < text.length; ) {
        node = trie.child(node, text[end++]);
        if (node == ByteTrie.NONE) {
          break;
        }
        int id = trie.idAt(node);
        if (id != ByteTrie.NONE) {
          lattice.offer(at, end, scores[id] + lattice.best[at], id);
          covered |= end == characterEnd;
        }
      }
      if (!covered) {
        lattice.offer(at, characterEnd, unknownScore + lattice.best[at], unknown.id());
      }
    }
    append(lattice, text, out);
  }

  private void append(Lattice lattice, byte[] text, TokenBuffer out) {
    TokenBuffer ends = new TokenBuffer();
    for (int end = text.length; end > 0; end = lattice.start[end]) {
      ends.add(end);
    }
    UnknownPieces.Writer writer = unknown.writer(text, out);
    for (int i = ends.size() - 1; i >= 0; i--) {
      int end = ends.get(i);
      if (lattice.id[end] == unknown.id()) {
        writer.unknown(lattice.start[end], end);
      } else {
        writer.known(lattice.id[end]);
      }
    }
  }

  /** The best path to every byte offset. */
  private static final class Lattice {
    private final float[] best;
    private final int[] start;
    private final int[] id;

    Lattice(int length) {
      best = new float[length + 1];
      start = new int[length + 1];
      id = new int[length + 1];
      Arrays.fill(start, NONE);
    }

    void offer(int from, int to, float score, int piece) {
      if (start[to] == NONE || score > best[to]) {
        best[to] = score;
        start[to] = from;
        id[to] = piece;
      }
    }
  }
}
