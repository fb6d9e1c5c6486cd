package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the next step carries, in the order that {@link Step} asks for. It is made before the step
 * in front of it is done, so it knows which sequences go on, but not from which tokens: these are
 * looked up by {@link #step}.
 */
final class Plan {
  private int[] tokens = new int[64];
  private int[] positions = new int[64];
  private int numTokens;
  private final List<Step.DecodeGroup> groups = new ArrayList<>();
  private final List<Step.PrefillChunk> prefills = new ArrayList<>();
  private final Map<SharedPrefix, List<Integer>> readingPrefix = new LinkedHashMap<>();
  private final Map<ActiveRequest, List<Integer>> readingPrompt = new LinkedHashMap<>();
  private final List<Draw> draws = new ArrayList<>();
  private final List<ActiveRequest> drawing = new ArrayList<>();
  private final List<Step.BeamRow> beams = new ArrayList<>();
  private final List<BeamGroup> searched = new ArrayList<>();
  private final List<Share> shares = new ArrayList<>();
  private List<Step.CacheOp> cacheOps = List.of();
  private List<Step.SharedKeys> shared = List.of();

  /** A token that the step draws for a sequence, from the logits of one of the step's tokens. */
  private record Draw(Sequence sequence, int token) {}

  /** How many tokens of a step were for a sequence. */
  record Share(Sequence sequence, double tokens) {}

  /** One token of each sequence of a pool; the pool has no gaps. */
  void decode(KvPool pool) {
    List<Sequence> sequences = pool.sequences();
    for (int from = 0; from < sequences.size(); from += pool.rowsPerBlock) {
      List<Sequence> group =
          sequences.subList(from, Math.min(from + pool.rowsPerBlock, sequences.size()));
      int longest = 0;
      for (Sequence s : group) {
        draws.add(new Draw(s, numTokens));
        shares.add(new Share(s, 1));
        readPrefix(s.request);
        if (s.request.sharesPrompt) {
          readingPrompt.computeIfAbsent(s.request, unused -> new ArrayList<>()).add(numTokens);
        }
        token(0, s.cachedLength);
        s.cachedLength++;
        longest = Math.max(longest, s.ownLength());
      }
      groups.add(
          new Step.DecodeGroup(pool.blockOf(from), group.size(), KvLedger.keyLength(longest)));
    }
  }

  /** One token of each beam of a request, whose tokens must be known. */
  void decode(BeamGroup group) {
    int first = numTokens;
    int[] byRow = group.tokensByRow();
    for (int token : byRow) {
      token(token, group.cachedLength);
    }
    group.cachedLength++;
    groups.add(
        new Step.DecodeGroup(group.block, byRow.length, KvLedger.keyLength(group.cachedLength)));
    share(group.request(), byRow.length);
    for (int i = 0; i < byRow.length; i++) {
      beams.add(group.row(i, first + group.rowOf(i)));
    }
    searched.add(group);
  }

  /** The next tokens of a prompt. */
  void prefill(ActiveRequest request, int start, int length) {
    int shared = request.prefixLength();
    boolean isPrefix = start < shared;
    for (int p = start; p < start + length; p++) {
      if (!isPrefix) {
        readPrefix(request);
      }
      token(request.request.promptTokens()[p], p);
    }
    int block = isPrefix ? request.prefix.orElseThrow().block : request.promptBlock;
    prefills.add(new Step.PrefillChunk(block, 0, isPrefix ? start : start - shared, length));
    share(request, length);
  }

  /** The next token sees what its request shares. */
  private void readPrefix(ActiveRequest request) {
    request
        .readPrefix()
        .ifPresent(
            prefix ->
                readingPrefix.computeIfAbsent(prefix, unused -> new ArrayList<>()).add(numTokens));
  }

  private void share(ActiveRequest request, int length) {
    for (Sequence s : request.sequences) {
      shares.add(new Share(s, (double) length / request.sequences.size()));
    }
  }

  /** The first token of each completion, or of the beams, from the token added last. */
  void sampleFirst(ActiveRequest request) {
    drawing.add(request);
    if (request.beams.isPresent()) {
      BeamGroup group = request.beams.get();
      beams.add(group.row(0, numTokens - 1));
      searched.add(group);
      return;
    }
    for (Sequence s : request.sequences) {
      draws.add(new Draw(s, numTokens - 1));
    }
  }

  boolean isEmpty() {
    return numTokens == 0;
  }

  /**
   * Ends the planning.
   *
   * @param cacheOps that the step begins with
   */
  Plan close(List<Step.CacheOp> cacheOps) {
    this.cacheOps = cacheOps;
    List<Step.SharedKeys> all = new ArrayList<>();
    readingPrefix.forEach(
        (prefix, readers) -> all.add(new Step.SharedKeys(prefix.block, prefix.length(), readers)));
    readingPrompt.forEach(
        (request, readers) ->
            all.add(
                new Step.SharedKeys(
                    request.promptBlock,
                    request.promptLength() - request.prefixLength(),
                    readers)));
    shared = all;
    return this;
  }

  /** The step itself, once all sequences have the tokens of the step before. */
  Step step() {
    List<Step.SampleRow> samples = new ArrayList<>(draws.size());
    for (Draw draw : draws) {
      if (draw.sequence.numTokens() > 0) {
        tokens[draw.token] = draw.sequence.lastToken();
      }
      samples.add(draw.sequence.sample(draw.token));
    }
    return new Step(
        cacheOps,
        Arrays.copyOf(tokens, numTokens),
        Arrays.copyOf(positions, numTokens),
        groups,
        prefills,
        shared,
        samples,
        beams);
  }

  /** Whose tokens its samples are, in their order. */
  List<Sequence> sampled() {
    return draws.stream().map(Draw::sequence).toList();
  }

  /** Those of them whose first tokens these are, and of the searches. */
  List<ActiveRequest> drawing() {
    return drawing;
  }

  /** Whose candidates its beams are: to each those of its beams that run, in order. */
  List<BeamGroup> searched() {
    return searched;
  }

  /** For whom its tokens are. */
  List<Share> shares() {
    return shares;
  }

  int promptTokens() {
    return prefills.stream().mapToInt(Step.PrefillChunk::length).sum();
  }

  private void token(int token, int position) {
    if (numTokens == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * numTokens);
      positions = Arrays.copyOf(positions, 2 * numTokens);
    }
    tokens[numTokens] = token;
    positions[numTokens++] = position;
  }
}
