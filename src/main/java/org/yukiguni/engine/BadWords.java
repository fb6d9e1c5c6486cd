package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The forbidden runs of tokens, ordered so that only those that could come now are looked at. */
final class BadWords {
  private final int[] always;

  /** The longer ones by their last token but one. */
  private final Map<Integer, List<int[]>> words = new HashMap<>();

  /** A single end-of-sequence token is left out, as in Hugging Face. */
  BadWords(List<List<Integer>> badWordsIds, List<Integer> eosTokenIds) {
    IntList single = new IntList();
    for (List<Integer> ids : badWordsIds) {
      int[] word = ids.stream().mapToInt(Integer::intValue).toArray();
      if (word.length > 1) {
        words.computeIfAbsent(word[word.length - 2], token -> new ArrayList<>()).add(word);
      } else if (!eosTokenIds.contains(word[0])) {
        single.add(word[0]);
      }
    }
    this.always = single.toArray();
  }

  /** Adds the tokens that would complete a word. */
  void ban(IntList history, IntList banned) {
    banned.addAll(always);
    if (words.isEmpty() || history.size() == 0) {
      return;
    }
    for (int[] word : words.getOrDefault(history.at(history.size() - 1), List.of())) {
      if (history.endsWithAllButLast(word)) {
        banned.add(word[word.length - 1]);
      }
    }
  }
}
