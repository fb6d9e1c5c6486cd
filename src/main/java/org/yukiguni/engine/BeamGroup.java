package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The beams of one request, in a block of the KV cache of their own: the running ones in its first
 * rows, one each.
 */
final class BeamGroup implements CacheUser {
  private final ActiveRequest request;
  private final int maxNewTokens;
  final BeamSearch search;

  /** The block of its rows; -1 while it has none. */
  int block = -1;

  /** Positions in the cache of every beam. */
  int cachedLength;

  /** The rules of each running beam. */
  private List<LogitRules> rules;

  /** The row of each running beam. */
  private int[] rows = {};

  /**
   * A search that begins.
   *
   * @param rules at the end of the prompt
   */
  BeamGroup(ActiveRequest request, int maxNewTokens, LogitRules rules) {
    this.rules = List.of(rules);
    this.request = request;
    this.maxNewTokens = maxNewTokens;
    this.search =
        new BeamSearch(
            request.request.config().beams(),
            maxNewTokens,
            request.eosTokenIds.length,
            this::stopReason);
  }

  @Override
  public ActiveRequest request() {
    return request;
  }

  @Override
  public int numRows() {
    return request.request.config().beams().numBeams();
  }

  @Override
  public boolean isPlaced() {
    return block >= 0;
  }

  /** Positions of each row of its block. */
  int capacity() {
    return KvLedger.keyLength(request.promptLength() + maxNewTokens - 1);
  }

  long blockTokens() {
    return (long) numRows() * capacity();
  }

  /** Takes a step's candidates of the running beams; false if they are not numbers. */
  boolean advance(List<BeamCandidates> candidates) {
    for (BeamCandidates row : candidates) {
      for (float score : row.scores()) {
        if (Float.isNaN(score)) {
          return false;
        }
      }
    }
    search.advance(candidates);
    List<LogitRules> next = new ArrayList<>();
    for (Beam beam : search.running()) {
      LogitRules forked = rules.get(beam.parentIndex()).fork();
      forked.append(beam.token());
      next.add(forked);
    }
    rules = next;
    return true;
  }

  /** The copies of rows that a step needs. */
  interface Copier {
    /** Copies one row of the block to another. */
    void copy(int fromRow, int toRow);
  }

  /** Gives each running beam a row of its own, to be filled from the prompt. */
  void placeFirst() {
    rows = new int[search.running().size()];
    Arrays.setAll(rows, i -> i);
    cachedLength = request.promptLength();
  }

  /**
   * Gives each running beam a row with its parent's keys and values. A parent's first child stays
   * in its row; the others are copied to the rows of parents that have no child, so no second block
   * is needed and no copied row is one that is written.
   */
  void follow(Copier copier) {
    List<Beam> beams = search.running();
    int n = beams.size();
    int[] next = new int[n];
    boolean[] isTaken = new boolean[n];
    for (int i = 0; i < n; i++) {
      int row = rows[beams.get(i).parentIndex()];
      next[i] = row < n && !isTaken[row] ? row : -1;
      if (next[i] >= 0) {
        isTaken[row] = true;
      }
    }
    int free = 0;
    for (int i = 0; i < n; i++) {
      if (next[i] < 0) {
        while (isTaken[free]) {
          free++;
        }
        isTaken[free] = true;
        next[i] = free;
        copier.copy(rows[beams.get(i).parentIndex()], free);
      }
    }
    rows = next;
  }

  int rowOf(int beam) {
    return rows[beam];
  }

  /** The last token of each row's beam. */
  int[] tokensByRow() {
    int[] tokens = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      tokens[rows[i]] = search.running().get(i).token();
    }
    return tokens;
  }

  /** What a running beam asks of a step. */
  Step.BeamRow row(int beam, int tokenIndex) {
    return new Step.BeamRow(
        tokenIndex,
        rules.get(beam).edits(),
        search.running().get(beam).score(),
        search.numCandidates(),
        request.request.config().logprobs().orElse(0));
  }

  private Optional<String> stopReason(Beam beam) {
    Optional<String> eos = request.eosReason(beam.token());
    if (eos.isPresent() || request.request.stops().isEmpty()) {
      return eos;
    }
    // A condition cannot be copied when its beam branches, so a new one hears the tokens again.
    StopCondition stop = request.request.stops().get().get();
    Optional<String> reason = Optional.empty();
    for (int token : beam.tokens()) {
      reason = stop.accept(token);
    }
    return reason;
  }
}
