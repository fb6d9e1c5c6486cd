package org.yukiguni.engine;

import java.util.List;

/**
 * The penalties, bans and forced tokens of one completion, brought forward with each token. What
 * they do and in which order is said at {@link Penalties} and {@link Constraints}; the order among
 * bans does not matter, except that a forced token undoes those that come before it in Hugging
 * Face: n-grams, bad words and minimal length.
 */
final class LogitRules {
  private final GenerationConfig config;
  private final int promptTokens;
  private final int maxNewTokens;
  private final BadWords badWords;
  private final int[] eosTokenIds;
  private final int[] suppressed;
  private final int[] suppressedAtBegin;
  private final int[] forcedEos;

  /** Whether no logit is ever changed, as in most requests; a shortcut. */
  private final boolean changesNothing;

  /** Prompt and completion. */
  private final IntList history;

  private final TokenCounts seen;
  private final TokenCounts generated;
  private final NgramIndex ngrams;

  /**
   * The rules at the end of a prompt.
   *
   * @param maxNewTokens most tokens that the completion can have
   */
  LogitRules(GenerationConfig config, int[] prompt, int maxNewTokens) {
    Constraints constraints = config.constraints();
    this.config = config;
    this.promptTokens = prompt.length;
    this.maxNewTokens = maxNewTokens;
    this.badWords = new BadWords(constraints.badWordsIds(), config.eosTokenIds());
    this.eosTokenIds = ints(config.eosTokenIds());
    this.suppressed = ints(constraints.suppressTokens());
    this.suppressedAtBegin = ints(constraints.beginSuppressTokens());
    this.forcedEos = ints(constraints.forcedEosTokenIds());
    this.changesNothing =
        config.penalties().equals(Penalties.NONE)
            && constraints.equals(Constraints.NONE)
            && config.minNewTokens(prompt.length) == 0;
    this.history = new IntList();
    this.seen = new TokenCounts(config.penalties().window());
    this.generated = new TokenCounts(Integer.MAX_VALUE);
    this.ngrams = new NgramIndex(constraints.noRepeatNgramSize());
    for (int token : prompt) {
      see(token);
    }
  }

  private LogitRules(LogitRules other) {
    this.config = other.config;
    this.promptTokens = other.promptTokens;
    this.maxNewTokens = other.maxNewTokens;
    this.badWords = other.badWords;
    this.eosTokenIds = other.eosTokenIds;
    this.suppressed = other.suppressed;
    this.suppressedAtBegin = other.suppressedAtBegin;
    this.forcedEos = other.forcedEos;
    this.changesNothing = other.changesNothing;
    this.history = other.history.fork();
    this.seen = other.seen.fork();
    this.generated = other.generated.fork();
    this.ngrams = other.ngrams.fork();
  }

  /** The same completion, to be continued in another way. */
  LogitRules fork() {
    return new LogitRules(this);
  }

  /** Takes the next token of the completion. */
  void append(int token) {
    see(token);
    if (config.penalties().penalizesGenerated()) {
      generated.add(token);
    }
  }

  private void see(int token) {
    history.add(token);
    if (config.penalties().penalizesSeen()) {
      seen.add(token);
    }
    if (config.constraints().noRepeatNgramSize() > 0) {
      ngrams.grown(history);
    }
  }

  /** What is to be done to the logits of the next token. */
  LogitEdits edits() {
    if (changesNothing) {
      return LogitEdits.NONE;
    }
    int newTokens = history.size() - promptTokens;
    Constraints constraints = config.constraints();
    IntList banned = new IntList();
    banned.addAll(suppressed);
    if (newTokens == (constraints.forcesFirst(promptTokens) ? 1 : 0)) {
      banned.addAll(suppressedAtBegin);
    }
    if (forcedEos.length > 0 && newTokens == maxNewTokens - 1) {
      return LogitEdits.force(forcedEos, banned.toArray());
    }
    if (newTokens == 0 && constraints.forcesFirst(promptTokens)) {
      int[] bos = {constraints.forcedBosTokenId().getAsInt()};
      return LogitEdits.force(bos, banned.toArray());
    }
    if (constraints.noRepeatNgramSize() > 0) {
      ngrams.ban(history, banned);
    }
    badWords.ban(history, banned);
    if (newTokens < config.minNewTokens(promptTokens)) {
      banned.addAll(eosTokenIds);
    }
    int[] counts = generated.counts();
    float[] lowering = new float[counts.length];
    for (int i = 0; i < counts.length; i++) {
      lowering[i] = config.penalties().lowering(counts[i]);
    }
    return new LogitEdits(
        config.penalties().repetitionPenalty(),
        seen.distinct(),
        generated.distinct(),
        lowering,
        new int[0],
        banned.toArray());
  }

  private static int[] ints(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
