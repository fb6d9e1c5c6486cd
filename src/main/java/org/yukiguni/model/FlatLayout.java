package org.yukiguni.model;

import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.yukiguni.engine.Step;

/**
 * Where a step's keys lie in a flat cache, as {@code Batch} of {@code cuda/attention.py} takes it.
 * With T tokens, B sequences, and M of them that read one of P shared prompts:
 *
 * @param table places of the new keys [T]; the tokens that read a shared prompt, prompt by prompt
 *     [M]; the {@code Runs} of the sequences' own keys [3 B + 2] and of the shared prompts [3 P +
 *     2]
 * @param numbers how many sequences decode; B; M; most queries and most keys of the own runs and of
 *     the shared ones; the places of the sequences' first keys [B], their numbers of keys [B] and
 *     of new tokens [B]; and of each that decodes place and length of its shared prompt, 0 and 0
 *     without
 */
record FlatLayout(long[] table, long[] numbers) {
  /** Queries, one sequence's after the other's, and the keys that each sequence's see. */
  private static final class Runs {
    private final long[] begins;
    private final long[] keys;
    private final long[] queries;
    private int size;

    Runs(int sequences) {
      begins = new long[sequences];
      keys = new long[sequences];
      queries = new long[sequences];
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
      return Arrays.stream(numbers).max().orElse(0);
    }
  }

  static FlatLayout of(Step step, FlatSpace space) {
    int decoding = step.groups().stream().mapToInt(Step.DecodeGroup::sequences).sum();
    Runs own = new Runs(decoding + step.prefills().size());
    Runs shared = new Runs(step.shared().size());
    long[] prompts = new long[2 * decoding];
    long[] places = new long[step.tokens().length];
    for (Step.SharedKeys prompt : step.shared()) {
      long begin = space.place(prompt.block(), 0);
      shared.add(begin, prompt.length(), prompt.tokens().size());
      for (int t : prompt.tokens()) {
        prompts[2 * t] = begin;
        prompts[2 * t + 1] = prompt.length();
      }
    }
    int t = 0;
    for (Step.DecodeGroup group : step.groups()) {
      for (int row = 0; row < group.sequences(); row++, t++) {
        long begin = space.place(group.block(), row);
        int last = step.positions()[t] - (int) prompts[2 * t + 1];
        own.add(begin, last + 1, 1);
        places[t] = begin + last;
      }
    }
    for (Step.PrefillChunk chunk : step.prefills()) {
      long begin = space.place(chunk.block(), chunk.row());
      own.add(begin, chunk.start() + chunk.length(), chunk.length());
      for (int i = 0; i < chunk.length(); i++, t++) {
        places[t] = begin + chunk.start() + i;
      }
    }
    long[] sharing =
        step.shared().stream()
            .flatMapToLong(prompt -> prompt.tokens().stream().mapToLong(s -> s))
            .toArray();
    return new FlatLayout(
        concat(places, sharing, own.table(space.places()), shared.table(space.places())),
        concat(
            new long[] {decoding, own.size, sharing.length},
            own.most(),
            shared.most(),
            own.begins,
            own.keys,
            own.queries,
            prompts));
  }

  private static long[] concat(long[]... arrays) {
    return Stream.of(arrays).flatMapToLong(LongStream::of).toArray();
  }
}
