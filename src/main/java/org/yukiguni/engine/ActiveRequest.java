package org.yukiguni.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A request from its submission until the last of its completions has ended. */
final class ActiveRequest {
  final GenerationRequest request;
  final int[] eosTokenIds;
  private final Consumer<Outcome> sink;
  private final Instant submittedAt;
  private final long submittedNanos;

  /** Its completions that have not ended when it was started last; empty until it is admitted. */
  final List<Sequence> sequences = new ArrayList<>();

  /** The beams of which they will be the best; empty if it is no beam search. */
  Optional<BeamGroup> beams = Optional.empty();

  /** Prompt tokens whose keys and values are computed. */
  int prefilled;

  /** The beginning of its prompt that it shares with other requests. */
  Optional<SharedPrefix> prefix = Optional.empty();

  /** Whether it reads that where it is, and has no copy. */
  boolean readsPrefix;

  /** The block that holds the rest of the prompt's keys and values; -1 while there is none. */
  int promptBlock = -1;

  int promptCapacity;

  /** Whether its completions read the keys and values there, and have no copy. */
  boolean sharesPrompt;

  /** Cache users that still need the prompt's keys and values. */
  int forksLeft;

  long firstStepNanos;

  ActiveRequest(GenerationRequest request, Consumer<Outcome> sink, Clock clock) {
    this.request = request;
    this.sink = sink;
    this.eosTokenIds =
        request.config().eosTokenIds().stream().mapToInt(Integer::intValue).toArray();
    this.submittedAt = clock.now();
    this.submittedNanos = clock.nanos();
  }

  int promptLength() {
    return request.promptTokens().length;
  }

  /** The beginning that it has no copy of. */
  Optional<SharedPrefix> readPrefix() {
    return readsPrefix ? prefix : Optional.empty();
  }

  /** Tokens of the prompt that it has no copy of. */
  int prefixLength() {
    return readPrefix().map(SharedPrefix::length).orElse(0);
  }

  int numSequences() {
    return request.config().numReturnSequences();
  }

  void makeSequences(ModelLimits model) {
    makeSequences(IntStream.range(0, numSequences()).toArray(), model);
  }

  private void makeSequences(int[] indices, ModelLimits model) {
    int maxNewTokens = request.config().maxNewTokens(promptLength(), model.contextLength());
    LogitRules rules = new LogitRules(request.config(), request.promptTokens(), maxNewTokens);
    for (int i : indices) {
      sequences.add(new Sequence(this, i, maxNewTokens, rules.fork()));
    }
    if (request.config().beams().isSearch()) {
      beams = Optional.of(new BeamGroup(this, maxNewTokens, rules));
    }
    readsPrefix = model.sharesPrompts() && beams.isEmpty();
    sharesPrompt = readsPrefix && indices.length > 1;
  }

  /** Goes back to the prompt with the completions that have not ended. */
  void restart(List<Sequence> unfinished, ModelLimits model) {
    sequences.clear();
    beams = Optional.empty();
    prefilled = 0;
    prefix = Optional.empty();
    promptBlock = -1;
    promptCapacity = 0;
    forksLeft = 0;
    makeSequences(unfinished.stream().mapToInt(s -> s.index).toArray(), model);
    for (int i = 0; i < unfinished.size(); i++) {
      sequences.get(i).deviceNanos = unfinished.get(i).deviceNanos;
    }
  }

  /** What needs the prompt's keys and values. */
  List<? extends CacheUser> cacheUsers() {
    return beams.isPresent() ? List.of(beams.get()) : sequences;
  }

  /** The end-of-sequence token's id as text if this is one. */
  Optional<String> eosReason(int token) {
    for (int eos : eosTokenIds) {
      if (token == eos) {
        return Optional.of(Integer.toString(eos));
      }
    }
    return Optional.empty();
  }

  void complete(Sequence s, FinishReason reason, Optional<String> stopReason, Clock clock) {
    s.isOver = true;
    sink.accept(
        new Outcome.Completion(
            request.id(),
            s.index,
            s.tokens(),
            reason,
            stopReason,
            s.cumulativeLogprob,
            List.copyOf(s.logprobs),
            timing(s, clock)));
  }

  void fail(Sequence s, ErrorCode code, String message, Clock clock) {
    s.isOver = true;
    sink.accept(new Outcome.Failure(request.id(), s.index, code, message, timing(s, clock)));
  }

  /** Fails all completions of a request that has not started, or starts anew. */
  void refuse(ErrorCode code, String message, Clock clock) {
    double waitedMs = millis(clock.nanos() - submittedNanos);
    Timing timing = new Timing(submittedAt, clock.now(), waitedMs, 0, 0, 0, waitedMs, 0);
    int[] indices =
        sequences.isEmpty()
            ? IntStream.range(0, numSequences()).toArray()
            : sequences.stream().mapToInt(s -> s.index).toArray();
    for (int i : indices) {
      sink.accept(new Outcome.Failure(request.id(), i, code, message, timing));
    }
  }

  private Timing timing(Sequence s, Clock clock) {
    long end = clock.nanos();
    boolean hasToken = s.numTokens() > 0;
    return new Timing(
        submittedAt,
        clock.now(),
        millis(firstStepNanos - submittedNanos),
        hasToken ? millis(s.firstTokenNanos - firstStepNanos) : 0,
        hasToken ? millis(end - s.firstTokenNanos) : 0,
        hasToken ? millis(s.firstTokenNanos - submittedNanos) : 0,
        millis(end - submittedNanos),
        millis(s.deviceNanos));
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }
}
