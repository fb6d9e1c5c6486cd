package org.yukiguni.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.yukiguni.job.TrainSpec;
import org.yukiguni.model.TrainingRow;

/**
 * Makes a row to learn from a prompt and its answer, or from a conversation. All is tokenised as
 * one text; what is learnt begins where its tokens differ from those of the prompt alone, which is
 * what a generation sees.
 */
final class RowMaker {
  private final Function<String, int[]> tokenizer;
  private final int eos;
  private final TrainSpec train;

  /**
   * Prepares.
   *
   * @param tokenizer with or without special tokens, as the job says
   * @param eos the end-of-sequence token
   */
  RowMaker(Function<String, int[]> tokenizer, int eos, TrainSpec train) {
    this.tokenizer = tokenizer;
    this.eos = eos;
    this.train = train;
  }

  /** A row, or why there is none. */
  record Made(TrainingRow row, String problem) {
    static Made problem(String problem) {
      return new Made(null, problem);
    }
  }

  Made make(String id, String prompt, String answer) {
    if (prompt == null || answer == null) {
      return Made.problem("has no " + (prompt == null ? "prompt" : "answer"));
    }
    if (answer.isEmpty()) {
      return Made.problem("has an empty answer");
    }
    return make(id, List.of(prompt, prompt + answer));
  }

  /**
   * Makes the row of a conversation.
   *
   * @param texts up to the beginning and up to the end of each turn that is learnt, the whole last
   */
  Made make(String id, List<String> texts) {
    if (texts.isEmpty()) {
      return Made.problem("has no turn of the assistant");
    }
    int[] all = withoutEnd(tokenizer.apply(texts.get(texts.size() - 1)));
    int last = common(tokenizer.apply(texts.get(texts.size() - 2)), all);
    // Chat templates end a turn with the token themselves.
    if (train.addEos() && lastEos(all, last, all.length) < 0) {
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = eos;
    }
    if (all.length > train.maxLength() && train.overlong() == TrainSpec.Overlong.REFUSE) {
      return Made.problem("has %d tokens".formatted(all.length));
    }
    int length = Math.min(all.length, train.maxLength());
    int first = common(tokenizer.apply(texts.get(0)), all);
    if (first >= length) {
      return Made.problem(
          "has a prompt of %d tokens, which leaves nothing of its answer".formatted(first));
    }
    boolean[] isTarget = new boolean[length];
    for (int turn = 0; turn < texts.size(); turn += 2) {
      boolean isLast = turn + 2 == texts.size();
      int begin = common(tokenizer.apply(texts.get(turn)), all);
      int end = isLast ? all.length : common(tokenizer.apply(texts.get(turn + 1)), all);
      int eosAt = lastEos(all, begin, end);
      Arrays.fill(
          isTarget, Math.min(begin, length), Math.min(eosAt < 0 ? end : eosAt + 1, length), true);
    }
    if (train.trainOnInputs()) {
      Arrays.fill(isTarget, true);
    }
    isTarget[0] = false;
    TrainingRow row = new TrainingRow(id, Arrays.copyOf(all, length), isTarget);
    return row.targets() == 0 ? Made.problem("has no token to predict") : new Made(row, null);
  }

  /** How many tokens two lists begin with in common. */
  private static int common(int[] some, int[] all) {
    int mismatch = Arrays.mismatch(some, all);
    return mismatch < 0 ? all.length : mismatch;
  }

  /**
   * Where the last end-of-sequence token of a stretch is, or -1; nothing is generated behind it.
   */
  private int lastEos(int[] tokens, int from, int to) {
    int at = to - 1;
    while (at >= from && tokens[at] != eos) {
      at--;
    }
    return at < from ? -1 : at;
  }

  /** T5-style tokenizers end every text, the prompt too, with the token. */
  private int[] withoutEnd(int[] tokens) {
    boolean ends = tokens.length > 0 && tokens[tokens.length - 1] == eos;
    return ends ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
  }
}
