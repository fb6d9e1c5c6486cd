package org.yukiguni.train;

import java.util.Arrays;
import java.util.function.Function;
import org.yukiguni.job.TrainSpec;
import org.yukiguni.model.TrainingRow;

/**
 * Makes a row to learn from a prompt and its answer. Both are tokenised as one text; what is learnt
 * begins where its tokens differ from those of the prompt alone, which is what a generation sees.
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
    int[] alone = withoutEnd(tokenizer.apply(prompt));
    int[] all = withoutEnd(tokenizer.apply(prompt + answer));
    if (train.addEos()) {
      all = Arrays.copyOf(all, all.length + 1);
      all[all.length - 1] = eos;
    }
    if (all.length > train.maxLength() && train.overlong() == TrainSpec.Overlong.REFUSE) {
      return Made.problem("has %d tokens".formatted(all.length));
    }
    int mismatch = Arrays.mismatch(alone, all);
    int begin = mismatch < 0 ? all.length : mismatch;
    int length = Math.min(all.length, train.maxLength());
    if (begin >= length) {
      return Made.problem(
          "has a prompt of %d tokens, which leaves nothing of its answer".formatted(alone.length));
    }
    boolean[] isTarget = new boolean[length];
    Arrays.fill(isTarget, train.trainOnInputs() ? 1 : Math.max(1, begin), length, true);
    TrainingRow row = new TrainingRow(id, Arrays.copyOf(all, length), isTarget);
    return row.targets() == 0 ? Made.problem("has no token to predict") : new Made(row, null);
  }

  /** T5-style tokenizers end every text, the prompt too, with the token. */
  private int[] withoutEnd(int[] tokens) {
    boolean ends = tokens.length > 0 && tokens[tokens.length - 1] == eos;
    return ends ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
  }
}
