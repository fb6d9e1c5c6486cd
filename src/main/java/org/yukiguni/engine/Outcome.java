package org.yukiguni.engine;

import java.util.List;
import java.util.Optional;

/**
 * What became of one of the {@code num_return_sequences} completions of a request. Every request
 * ends in exactly that many outcomes, in the order in which they finish; those of a beam search
 * together, best first.
 */
public sealed interface Outcome {
  /** The id of the request. */
  String id();

  /** Which completion of the request, from 0. */
  int sequenceIndex();

  /** When it ran and for how long. */
  Timing timing();

  /**
   * A finished completion.
   *
   * @param tokens the new tokens, an end-of-sequence token included
   * @param stopReason the stop string, or the end-of-sequence token's id as text, that ended it;
   *     empty when the length did
   * @param cumulativeLogprob sum over the new tokens of their natural log-probability under the
   *     model, before penalties, temperature and filters
   * @param logprobs of each token; empty if not asked for
   */
  record Completion(
      String id,
      int sequenceIndex,
      int[] tokens,
      FinishReason finishReason,
      Optional<String> stopReason,
      double cumulativeLogprob,
      List<TokenLogprobs> logprobs,
      Timing timing)
      implements Outcome {}

  /**
   * A completion that could not be made.
   *
   * @param message one sentence: what, which value, why, what to do
   */
  record Failure(String id, int sequenceIndex, ErrorCode code, String message, Timing timing)
      implements Outcome {}
}
