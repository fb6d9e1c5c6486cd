package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the parts of one step in the order that {@link Step} asks for. */
final class StepBuilder {
  private int[] tokens = new int[64];
  private int[] positions = new int[64];
  private int numTokens;
  private final List<Step.DecodeGroup> groups = new ArrayList<>();
  private final List<Step.PrefillChunk> prefills = new ArrayList<>();
  private final Map<ActiveRequest, List<Integer>> sharing = new LinkedHashMap<>();
  private final List<Step.SampleRow> samples = new ArrayList<>();
  private final List<Sequence> sampled = new ArrayList<>();
  private final List<Step.BeamRow> beams = new ArrayList<>();
  private final List<BeamGroup> searched = new ArrayList<>();
  private final List<Scheduler.Share> shares = new ArrayList<>();

  /** One token of each sequence of a pool; the pool has no gaps. */
  void decode(KvPool pool) {
    List<Sequence> sequences = pool.sequences();
    for (int from = 0; from < sequences.size(); from += pool.rowsPerBlock) {
      List<Sequence> group =
          sequences.subList(from, Math.min(from + pool.rowsPerBlock, sequences.size()));
      int longest = 0;
      for (Sequence s : group) {
        sample(s, numTokens);
        shares.add(new Scheduler.Share(s, 1));
        if (s.request.sharesPrompt) {
          sharing.computeIfAbsent(s.request, unused -> new ArrayList<>()).add(numTokens);
        }
        token(s.lastToken(), s.cachedLength);
        s.cachedLength++;
        longest = Math.max(longest, s.ownLength());
      }
      groups.add(
          new Step.DecodeGroup(pool.blockOf(from), group.size(), KvLedger.keyLength(longest)));
    }
  }

  /** One token of each beam of a request. */
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
    for (int p = start; p < start + length; p++) {
      token(request.request.promptTokens()[p], p);
    }
    prefills.add(new Step.PrefillChunk(request.promptBlock, 0, start, length));
    share(request, length);
  }

  private void share(ActiveRequest request, int length) {
    for (Sequence s : request.sequences) {
      shares.add(new Scheduler.Share(s, (double) length / request.sequences.size()));
    }
  }

  /** The first token of each completion, or of the beams, from the token added last. */
  void sampleFirst(ActiveRequest request) {
    if (request.beams.isPresent()) {
      BeamGroup group = request.beams.get();
      beams.add(group.row(0, numTokens - 1));
      searched.add(group);
      return;
    }
    for (Sequence s : request.sequences) {
      sample(s, numTokens - 1);
    }
  }

  boolean isEmpty() {
    return numTokens == 0;
  }

  Scheduler.Plan build(List<Step.CacheOp> cacheOps) {
    Step step =
        new Step(
            cacheOps,
            Arrays.copyOf(tokens, numTokens),
            Arrays.copyOf(positions, numTokens),
            groups,
            prefills,
            shared(),
            samples,
            beams);
    return new Scheduler.Plan(step, sampled, searched, shares);
  }

  private List<Step.SharedPrompt> shared() {
    List<Step.SharedPrompt> all = new ArrayList<>();
    sharing.forEach(
        (request, sequences) ->
            all.add(new Step.SharedPrompt(request.promptBlock, request.promptLength(), sequences)));
    return all;
  }

  private void sample(Sequence s, int tokenIndex) {
    samples.add(s.sample(tokenIndex));
    sampled.add(s);
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
