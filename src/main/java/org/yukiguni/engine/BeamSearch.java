package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The beam search of transformers 5 ({@code GenerationMixin._beam_search} in generation/utils.py),
 * for one prompt and in its float32 arithmetic.
 *
 * <p>Each step looks at the K = max(2, 1 + number of end-of-sequence ids) * num_beams best
 * continuations of all beams. Those that end may join the finished ones if they are among the best
 * num_beams of the K; the best num_beams of the others run on. A finished beam's score is {@code
 * sum of log-probabilities / length ^ length_penalty}, its length counting the end-of-sequence
 * token, and the best num_beams finished ones are kept.
 *
 * <p>Equal scores fall to the earlier beam and then to the lower token, and a finished beam keeps
 * its place before a later one. A continuation of score -infinity is dropped; transformers follows
 * it, to no effect.
 */
final class BeamSearch {
  private static final Comparator<Beam> BEST_FIRST =
      Comparator.comparing(Beam::score, Comparator.reverseOrder())
          .thenComparing(Beam::parentIndex)
          .thenComparing(Beam::token);

  private final Beams beams;
  private final int maxNewTokens;
  private final int numCandidates;
  private final Function<Beam, Optional<String>> stopReason;
  private final List<Finished> finished = new ArrayList<>();
  private List<Beam> running = List.of(Beam.EMPTY);
  private boolean canImprove = true;

  /**
   * A beam that has ended.
   *
   * @param stopReason empty when the length ended it
   */
  record Finished(Beam beam, float score, Optional<String> stopReason) {}

  /**
   * Begins a search.
   *
   * @param numEos how many end-of-sequence ids there are
   * @param stopReason why a beam ends with its last token; empty if it does not
   */
  BeamSearch(
      Beams beams, int maxNewTokens, int numEos, Function<Beam, Optional<String>> stopReason) {
    this.beams = beams;
    this.maxNewTokens = maxNewTokens;
    this.numCandidates = Math.max(2, 1 + numEos) * beams.numBeams();
    this.stopReason = stopReason;
  }

  /** The beams to continue, best first; at first only the empty one, at the end none. */
  List<Beam> running() {
    return running;
  }

  /** How many candidates of each beam the next step needs. */
  int numCandidates() {
    return numCandidates;
  }

  /** The finished beams, best first. */
  List<Finished> finished() {
    return finished;
  }

  boolean isDone() {
    return running.isEmpty();
  }

  /** Goes on by one token, with the candidates of each of the running beams. */
  void advance(List<BeamCandidates> candidates) {
    int n = beams.numBeams();
    boolean isOpen = canImprove && !isStoppedEarly();
    List<Beam> next = new ArrayList<>(n);
    List<Beam> best = best(candidates);
    for (int rank = 0; rank < best.size(); rank++) {
      Beam beam = best.get(rank);
      Optional<String> reason = stopReason.apply(beam);
      if (reason.isEmpty() && beam.length() < maxNewTokens) {
        if (next.size() < n) {
          next.add(beam);
        }
      } else if (rank < n && isOpen) {
        finished.add(new Finished(beam, score(beam, beam.length()), reason));
      }
    }
    finished.sort(Comparator.comparing(Finished::score, Comparator.reverseOrder()));
    finished.subList(Math.min(n, finished.size()), finished.size()).clear();
    canImprove = canImprove && canImprove(next);
    running = canImprove && !isStoppedEarly() ? List.copyOf(next) : List.of();
  }

  private List<Beam> best(List<BeamCandidates> candidates) {
    List<Beam> all = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      BeamCandidates row = candidates.get(i);
      int wanted = Math.min(numCandidates, row.tokens().length);
      for (int rank = 0; rank < wanted && row.scores()[rank] > Float.NEGATIVE_INFINITY; rank++) {
        all.add(running.get(i).then(i, row, rank));
      }
    }
    all.sort(BEST_FIRST);
    return all.subList(0, Math.min(numCandidates, all.size()));
  }

  /** Whether the best running beam may still beat the worst of the finished ones. */
  private boolean canImprove(List<Beam> next) {
    if (next.isEmpty()) {
      return false;
    }
    if (finished.size() < beams.numBeams()) {
      return true;
    }
    Beam best = next.get(0);
    boolean atGreatest = beams.earlyStopping() == EarlyStopping.NEVER && beams.lengthPenalty() > 0;
    float hoped = score(best, atGreatest ? maxNewTokens : best.length());
    return hoped > finished.get(finished.size() - 1).score();
  }

  private boolean isStoppedEarly() {
    return beams.earlyStopping() == EarlyStopping.TRUE && finished.size() == beams.numBeams();
  }

  private float score(Beam beam, int length) {
    return beam.score() / (float) Math.pow(length, beams.lengthPenalty());
  }
}
