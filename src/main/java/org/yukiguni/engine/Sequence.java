package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One completion while it is made: its tokens so far, what it has seen and when it was where. */
final class Sequence implements CacheUser {
  final ActiveRequest request;
  final int index;
  final int maxNewTokens;
  final long randomKey;
  final Optional<StopCondition> stop;
  private final LogitRules rules;

  private int[] tokens = new int[16];
  private int numTokens;
  double cumulativeLogprob;

  /** Of each token, if asked for. */
  final List<TokenLogprobs> logprobs = new ArrayList<>();

  /** Positions whose keys and values are in the cache; 0 until the prompt is copied in. */
  int cachedLength;

  /** Index of the ledger's pool, and the slot in it; -1 while it has none. */
  int pool = -1;

  int slot = -1;

  /** Whether its room was taken back while its last token was being drawn. */
  boolean hasLeft;

  /** Whether its outcome is known. */
  boolean isOver;

  long deviceNanos;
  long firstTokenNanos;

  /**
   * An empty completion.
   *
   * @param rules its own ones, at the end of the prompt
   */
  Sequence(ActiveRequest request, int index, int maxNewTokens, LogitRules rules) {
    GenerationConfig config = request.request.config();
    this.request = request;
    this.index = index;
    this.maxNewTokens = maxNewTokens;
    this.randomKey = CounterRandom.key(config.seed(), request.request.id(), index);
    this.stop = request.request.stops().map(supplier -> supplier.get());
    this.rules = rules;
  }

  @Override
  public ActiveRequest request() {
    return request;
  }

  @Override
  public int numRows() {
    return 1;
  }

  @Override
  public boolean isPlaced() {
    return slot >= 0;
  }

  /** Positions it can come to need in a row of its own; its last token is never fed back. */
  int finalOwnLength() {
    return ownLength(request.promptLength() + maxNewTokens - 1);
  }

  /** How many of its positions lie in a row of its own, and not in keys that it shares. */
  int ownLength() {
    return ownLength(cachedLength);
  }

  private int ownLength(int positions) {
    return positions - (request.sharesPrompt ? request.promptLength() : request.prefixLength());
  }

  int numTokens() {
    return numTokens;
  }

  int lastToken() {
    return tokens[numTokens - 1];
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, numTokens);
  }

  void append(int token, TokenLogprobs logprob) {
    if (numTokens == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * numTokens);
    }
    tokens[numTokens++] = token;
    cumulativeLogprob += logprob.logprob();
    if (request.request.config().logprobs().isPresent()) {
      logprobs.add(logprob);
    }
    rules.append(token);
  }

  /** Its next draw, from the logits of the step's token at this index. */
  Step.SampleRow sample(int tokenIndex) {
    return new Step.SampleRow(
        tokenIndex,
        request.request.config().sampling(),
        CounterRandom.uniform(randomKey, numTokens),
        rules.edits(),
        request.request.config().logprobs().orElse(0));
  }
}
