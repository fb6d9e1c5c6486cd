package org.yukiguni.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How far a mistyped name is from the names that exist. */
public final class EditDistance {
  private EditDistance() {}

  /** The name that was probably meant: the nearest, if not more than a third of it is wrong. */
  static Optional<String> likely(String typed, Collection<String> names) {
    return nearestFirst(typed, names).stream()
        .limit(1)
        .filter(name -> between(typed, name) <= 1 + name.length() / 3)
        .findFirst();
  }

  /** All names, those most like the typed one first, equally near ones in their order. */
  public static List<String> nearestFirst(String typed, Collection<String> names) {
    return names.stream()
        .sorted(Comparator.comparingInt((String name) -> between(typed, name)))
        .toList();
  }

  /** Fewest insertions, deletions and substitutions of one char (Levenshtein). */
  static int between(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
