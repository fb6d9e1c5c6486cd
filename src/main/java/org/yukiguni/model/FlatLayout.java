package org.yukiguni.model;

import java.util.ArrayList;
import java.util.List;
import org.yukiguni.engine.Step;

/**
 * Where a step's keys lie in a flat cache, as {@code Batch} of {@code cuda/attention.py} takes it.
 * With T tokens and B sequences; shared keys are put on levels, so that a token reads at most one
 * run of each: M tokens read P runs of a level.
 *
 * @param table the place of each token's new keys [T]; the {@code Runs} of the sequences' own keys
 *     [3 B + 2]; then for each level the tokens that read it, run by run [M], and its {@code Runs}
 *     [3 P + 2]
 * @param numbers how many sequences decode; B; most queries and most keys of the own runs; how many
 *     levels there are, and of each M, P, most queries and most keys; then for each sequence the
 *     place of its first own key [B], its number of own keys [B] and of new tokens [B]; and for
 *     each the places and lengths of two runs that lie in front, of length 0 where there are fewer
 *     [4 B]
 */
record FlatLayout(long[] table, long[] numbers) {
  /** Runs of shared keys that a sequence can have: a beginning, and the rest of its prompt. */
  private static final int MOST_SHARED = 2;

  /** Queries, one sequence's after the other's, and the keys that each sequence's see. */
  private static final class Runs {
    private final long[] begins;
    private final long[] keys;
    private final long[] queries;
    private int size;

    Runs(int size) {
      begins = new long[size];
      keys = new long[size];
      queries = new long[size];
    }

    void add(long begin, int numKeys, int numQueries) {
      begins[size] = begin;
      keys[size] = numKeys;
      queries[size++] = numQueries;
    }

    /** As {@code Runs} of the script. */
    long[] table(long places) {
      long[] firstQueries = new long[size + 1];
      for (int i = 0; i < size; i++) {
        firstQueries[i + 1] = firstQueries[i] + queries[i];
      }
      return concat(firstQueries, begins, new long[] {places}, keys);
    }

    long[] most() {
      return new long[] {most(queries), most(keys)};
    }

    private static long most(long[] numbers) {
      long most = 0;
      for (long number : numbers) {
        most = Math.max(most, number);
      }
      return most;
    }
  }

  static FlatLayout of(Step step, FlatSpace space) {
    int numTokens = step.tokens().length;
    long[] sharedLengths = new long[numTokens];
    int[] depths = new int[numTokens];
    long[] fronts = new long[2 * MOST_SHARED * numTokens];
    List<List<Step.SharedKeys>> levels = new ArrayList<>();
    for (Step.SharedKeys shared : step.shared()) {
      int level = shared.tokens().stream().mapToInt(t -> depths[t]).max().orElseThrow();
      if (level == levels.size()) {
        levels.add(new ArrayList<>());
      }
      levels.get(level).add(shared);
      for (int t : shared.tokens()) {
        fronts[2 * (MOST_SHARED * t + level)] = space.place(shared.block(), 0);
        fronts[2 * (MOST_SHARED * t + level) + 1] = shared.length();
        sharedLengths[t] += shared.length();
        depths[t]++;
      }
    }
    int decoding = step.groups().stream().mapToInt(Step.DecodeGroup::sequences).sum();
    int sequences = decoding + step.prefills().size();
    Runs own = new Runs(sequences);
    long[] places = new long[numTokens];
    long[] frontsOfSequences = new long[2 * MOST_SHARED * sequences];
    int t = 0;
    for (Step.DecodeGroup group : step.groups()) {
      for (int row = 0; row < group.sequences(); row++, t++) {
        long begin = space.place(group.block(), row);
        int last = step.positions()[t] - (int) sharedLengths[t];
        copyFronts(fronts, t, frontsOfSequences, own.size);
        own.add(begin, last + 1, 1);
        places[t] = begin + last;
      }
    }
    for (Step.PrefillChunk chunk : step.prefills()) {
      long begin = space.place(chunk.block(), chunk.row());
      copyFronts(fronts, t, frontsOfSequences, own.size);
      own.add(begin, chunk.start() + chunk.length(), chunk.length());
      for (int i = 0; i < chunk.length(); i++, t++) {
        places[t] = begin + chunk.start() + i;
      }
    }
    long[] table = concat(places, own.table(space.places()));
    long[] sizes = concat(new long[] {decoding, sequences}, own.most(), new long[] {levels.size()});
    for (List<Step.SharedKeys> level : levels) {
      Runs runs = new Runs(level.size());
      for (Step.SharedKeys shared : level) {
        runs.add(space.place(shared.block(), 0), shared.length(), shared.tokens().size());
      }
      long[] readers =
          level.stream().flatMap(keys -> keys.tokens().stream()).mapToLong(r -> r).toArray();
      table = concat(table, readers, runs.table(space.places()));
      sizes = concat(sizes, new long[] {readers.length, level.size()}, runs.most());
    }
    return new FlatLayout(
        table, concat(sizes, own.begins, own.keys, own.queries, frontsOfSequences));
  }

  private static void copyFronts(long[] fronts, int token, long[] into, int sequence) {
    int length = 2 * MOST_SHARED;
    System.arraycopy(fronts, token * length, into, sequence * length, length);
  }

  private static long[] concat(long[]... arrays) {
    int length = 0;
    for (long[] array : arrays) {
      length += array.length;
    }
    long[] all = new long[length];
    int at = 0;
    for (long[] array : arrays) {
      System.arraycopy(array, 0, all, at, array.length);
      at += array.length;
    }
    return all;
  }
}
