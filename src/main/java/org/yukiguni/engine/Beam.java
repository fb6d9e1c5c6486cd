package org.yukiguni.engine;

/**
 * A continuation of the prompt, as its last token and the beam that this continued. Beams share
 * their beginnings, so nothing is copied when a search branches.
 *
 * @param parent null for the empty continuation
 * @param parentIndex of the parent among the beams that ran with it
 * @param token the last token
 * @param score sum of the processed log-probabilities
 * @param logprobs of the last token
 * @param length number of tokens
 */
record Beam(
    Beam parent, int parentIndex, int token, float score, TokenLogprobs logprobs, int length) {
  /** The empty continuation. */
  static final Beam EMPTY = new Beam(null, 0, -1, 0, new TokenLogprobs(0, TopTokens.NONE), 0);

  Beam then(int index, BeamCandidates candidates, int rank) {
    return new Beam(
        this,
        index,
        candidates.tokens()[rank],
        candidates.scores()[rank],
        new TokenLogprobs(candidates.logprobs()[rank], candidates.top()),
        length + 1);
  }

  /** Appends its tokens to a completion that has none. */
  void appendTo(Sequence s) {
    Beam[] path = new Beam[length];
    for (Beam beam = this; beam.length > 0; beam = beam.parent) {
      path[beam.length - 1] = beam;
    }
    for (Beam beam : path) {
      s.append(beam.token, beam.logprobs);
    }
  }

  int[] tokens() {
    int[] tokens = new int[length];
    for (Beam beam = this; beam.length > 0; beam = beam.parent) {
      tokens[beam.length - 1] = beam.token;
    }
    return tokens;
  }
}
