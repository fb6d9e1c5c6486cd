package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Finds out which prompts begin alike, from those that wait together. */
final class Prefixes {
  /**
   * Fewer tokens are not shared: to attend to them apart costs each step of a GPU some kernels
   * more, which is about what it saves to prefill this many once.
   */
  static final int LEAST = 128;

  /** Beginnings that are remembered. */
  private static final int MOST = 8;

  /** Waiting prompts that one is compared with. */
  private static final int COMPARED = 64;

  private final int grid;

  /** The one that was asked for last is the last. */
  private final List<SharedPrefix> known = new ArrayList<>();

  /**
   * Knows none.
   *
   * @param grid what the lengths of beginnings are multiples of
   */
  Prefixes(int grid) {
    this.grid = grid;
  }

  /**
   * A beginning of a prompt that is worth sharing: a known one, or one that many of the others
   * have, too. At least one token of the prompt lies behind it.
   */
  Optional<SharedPrefix> of(ActiveRequest request, Collection<ActiveRequest> others) {
    int[] prompt = request.request.promptTokens();
    SharedPrefix longest = null;
    for (SharedPrefix prefix : known) {
      if (common(prompt, prefix.tokens) == prefix.length()
          && prompt.length > prefix.length()
          && (longest == null || prefix.length() > longest.length())) {
        longest = prefix;
      }
    }
    if (longest == null) {
      return added(request, others);
    }
    known.remove(longest);
    known.add(longest);
    return Optional.of(longest);
  }

  private Optional<SharedPrefix> added(ActiveRequest request, Collection<ActiveRequest> others) {
    int[] prompt = request.request.promptTokens();
    int[] lengths =
        others.stream()
            .filter(other -> other != request)
            .limit(COMPARED)
            .mapToInt(other -> commonButOne(prompt, other.request.promptTokens()))
            .filter(length -> length >= LEAST)
            .sorted()
            .toArray();
    int best = 0;
    long saved = 0;
    for (int i = 0; i < lengths.length; i++) {
      // This one and those that follow have as many in common, at least.
      long tokens = (long) lengths[i] * (lengths.length - i);
      if (tokens > saved) {
        saved = tokens;
        best = lengths[i];
      }
    }
    if (best == 0) {
      return Optional.empty();
    }
    SharedPrefix prefix = new SharedPrefix(Arrays.copyOf(prompt, best));
    if (known.size() == MOST) {
      known.remove(0);
    }
    known.add(prefix);
    return Optional.of(prefix);
  }

  /** Forgets all, since the cache is cleared. */
  void clear() {
    known.clear();
  }

  private int commonButOne(int[] a, int[] b) {
    int common = Math.min(common(a, b), Math.min(a.length, b.length) - 1);
    return common / grid * grid;
  }

  private static int common(int[] a, int[] b) {
    int difference = Arrays.mismatch(a, b);
    return difference < 0 ? a.length : difference;
  }
}
