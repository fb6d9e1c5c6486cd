package org.yukiguni.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The definitions of transformers' processors, each a rescan of all tokens. */
final class PlainRules {
  private PlainRules() {}

  /**
   * The edits of the next token.
   *
   * @param ids prompt and completion
   * @param maxLength most tokens of both
   */
  static LogitEdits edits(GenerationConfig config, int[] ids, int promptLength, int maxLength) {
    Constraints c = config.constraints();
    List<Integer> all = IntStream.of(ids).boxed().toList();
    List<Integer> late = new ArrayList<>(c.suppressTokens());
    boolean isBosForced = c.forcedBosTokenId().isPresent();
    int begin = promptLength > 1 || !isBosForced ? promptLength : promptLength + 1;
    if (ids.length == begin) {
      late.addAll(c.beginSuppressTokens());
    }
    if (ids.length == maxLength - 1 && !c.forcedEosTokenIds().isEmpty()) {
      return LogitEdits.force(array(c.forcedEosTokenIds()), array(late));
    }
    if (ids.length == 1 && isBosForced) {
      return LogitEdits.force(new int[] {c.forcedBosTokenId().getAsInt()}, array(late));
    }
    List<Integer> banned = new ArrayList<>(late);
    int n = c.noRepeatNgramSize();
    for (int i = 0; n > 0 && i + n <= ids.length; i++) {
      if (all.subList(i, i + n - 1).equals(all.subList(ids.length - n + 1, ids.length))) {
        banned.add(ids[i + n - 1]);
      }
    }
    for (List<Integer> word : c.badWordsIds()) {
      int prefix = word.size() - 1;
      boolean isEos = prefix == 0 && config.eosTokenIds().contains(word.get(0));
      if (!isEos
          && prefix <= ids.length
          && all.subList(ids.length - prefix, ids.length).equals(word.subList(0, prefix))) {
        banned.add(word.get(prefix));
      }
    }
    boolean tooShort =
        config.minNewTokens() > 0
            ? ids.length - promptLength < config.minNewTokens()
            : ids.length < config.minLength();
    if (tooShort) {
      banned.addAll(config.eosTokenIds());
    }
    return penalised(config.penalties(), all, promptLength, array(banned));
  }

  private static LogitEdits penalised(
      Penalties p, List<Integer> all, int promptLength, int[] banned) {
    int window = p.repeatLastN() > 0 ? Math.min(p.repeatLastN(), all.size()) : all.size();
    List<Integer> seen =
        p.repetitionPenalty() == 1
            ? List.of()
            : all.subList(all.size() - window, all.size()).stream().distinct().toList();
    TreeMap<Integer, Integer> counts = new TreeMap<>();
    all.subList(promptLength, all.size()).forEach(id -> counts.merge(id, 1, Integer::sum));
    if (p.presencePenalty() == 0 && p.frequencyPenalty() == 0) {
      counts.clear();
    }
    float[] lowering = new float[counts.size()];
    int i = 0;
    for (int count : counts.values()) {
      lowering[i++] = (float) (p.presencePenalty() + count * p.frequencyPenalty());
    }
    return new LogitEdits(
        p.repetitionPenalty(),
        array(seen),
        array(List.copyOf(counts.keySet())),
        lowering,
        new int[0],
        banned);
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
