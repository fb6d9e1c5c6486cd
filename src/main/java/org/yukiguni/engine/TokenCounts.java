package org.yukiguni.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** How often each token is among the last ones that were added. */
final class TokenCounts {
  private final int window;

  /** The tokens of the window as a ring; empty if the window is everything. */
  private final int[] ring;

  private int added;
  private final Map<Integer, Integer> places;
  private int[] distinct;
  private int[] counts;
  private int size;

  /**
   * Counts among the last tokens.
   *
   * @param window how many of them; {@link Integer#MAX_VALUE} for all
   */
  TokenCounts(int window) {
    this.window = window;
    this.ring = window == Integer.MAX_VALUE ? new int[0] : new int[window];
    this.places = new HashMap<>();
    this.distinct = new int[16];
    this.counts = new int[16];
  }

  private TokenCounts(TokenCounts other) {
    this.window = other.window;
    this.ring = other.ring.clone();
    this.added = other.added;
    this.places = new HashMap<>(other.places);
    this.distinct = other.distinct.clone();
    this.counts = other.counts.clone();
    this.size = other.size;
  }

  TokenCounts fork() {
    return new TokenCounts(this);
  }

  void add(int token) {
    if (ring.length > 0) {
      int place = added % window;
      if (added >= window) {
        remove(ring[place]);
      }
      ring[place] = token;
    }
    added++;
    Integer place = places.putIfAbsent(token, size);
    if (place != null) {
      counts[place]++;
      return;
    }
    if (size == distinct.length) {
      distinct = Arrays.copyOf(distinct, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    distinct[size] = token;
    counts[size++] = 1;
  }

  private void remove(int token) {
    int place = places.get(token);
    if (--counts[place] == 0) {
      places.remove(token);
      size--;
      if (place < size) {
        distinct[place] = distinct[size];
        counts[place] = counts[size];
        places.put(distinct[place], place);
      }
    }
  }

  int[] distinct() {
    return Arrays.copyOf(distinct, size);
  }

  /** One for each of {@link #distinct}. */
  int[] counts() {
    return Arrays.copyOf(counts, size);
  }
}
