package org.yukiguni.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A model without tensors: its cache holds the tokens themselves, and the next token is a function
 * of all tokens before it. A wrong slot, move, length or position therefore changes what it says,
 * or fails an assertion here.
 */
public final class FakeModel implements LanguageModel {
  private static final int EMPTY = -7;

  private final ModelLimits limits;
  private final Map<Integer, int[][]> blocks = new HashMap<>();
  private final long budgetTokens;
  private long cachedTokens;

  /** The step that is under way; null if there is none. */
  volatile Supplier<StepResult> started;

  public int steps;
  public int largestStep;
  public int mostSequences;
  public long mostCachedTokens;
  public boolean closed;

  /** Runs before each step is started; may throw to make the step fail. */
  public Runnable beforeStep = () -> {};

  /** Sees each step before it is computed; may throw to make it fail. */
  public Consumer<Step> beforeRun = step -> {};

  /** Runs before the cache is cleared; may throw to make the engine end. */
  public Runnable beforeClear = () -> {};

  public FakeModel(int contextLength, int vocabularySize, long budgetTokens) {
    this(new ModelLimits(contextLength, vocabularySize, 1), budgetTokens);
  }

  FakeModel(ModelLimits limits, long budgetTokens) {
    this.limits = limits;
    this.budgetTokens = budgetTokens;
  }

  @Override
  public ModelLimits limits() {
    return limits;
  }

  /** The token after these, drawn with this number if sampling. */
  public static int next(int[] history, int length, Step.SampleRow row, int vocabularySize) {
    long h = 17;
    for (int i = 0; i < length; i++) {
      h = (h ^ history[i]) * 0x100000001B3L;
    }
    if (row.sampling().doSample()) {
      h ^= Double.doubleToLongBits(row.uniform());
    }
    LogitEdits edits = row.edits();
    h ^= penalties(edits);
    if (edits.forced().length > 0) {
      int[] choices =
          Arrays.stream(edits.forced()).filter(t -> !contains(edits.banned(), t)).toArray();
      return choices[(int) Math.floorMod(h, (long) choices.length)];
    }
    int token = (int) Math.floorMod(h ^ (h >>> 29), (long) vocabularySize);
    for (int tried = 0; contains(edits.banned(), token); tried++) {
      assertThat(tried).as("banned tokens").isLessThan(vocabularySize);
      token = (token + 1) % vocabularySize;
    }
    return token;
  }

  /**
   * What beams take for log-probabilities of each next token: few values, so many are equal, and
   * the first ten tokens are likelier, so that ends among them come often.
   */
  static float[] logprobs(int[] history, int length, int vocabularySize) {
    long h = 29;
    for (int i = 0; i < length; i++) {
      h = (h ^ history[i]) * 0x100000001B3L;
    }
    float[] logprobs = new float[vocabularySize];
    for (int t = 0; t < vocabularySize; t++) {
      long x = (h ^ t) * 0x9E3779B97F4A7C15L;
      logprobs[t] = (t < 10 ? -0.5f : -1) - ((x >>> 40) & 63) / 16f;
    }
    return logprobs;
  }

  private static float[] edited(float[] logprobs, LogitEdits edits) {
    float[] x = logprobs.clone();
    for (int t : edits.seen()) {
      x[t] *= (float) edits.repetitionPenalty();
    }
    for (int i = 0; i < edits.lowered().length; i++) {
      x[edits.lowered()[i]] -= edits.lowering()[i];
    }
    if (edits.forced().length > 0) {
      Arrays.fill(x, Float.NEGATIVE_INFINITY);
    }
    for (int t : edits.forced()) {
      x[t] = 0;
    }
    for (int t : edits.banned()) {
      x[t] = Float.NEGATIVE_INFINITY;
    }
    return x;
  }

  private BeamCandidates candidates(int[] history, Step.BeamRow beam) {
    float[] before = logprobs(history, history.length, limits.vocabularySize());
    float[] scores = edited(before, beam.edits());
    int[] best =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparing(t -> -scores[t]))
            .limit(beam.candidates())
            .mapToInt(Integer::intValue)
            .toArray();
    float[] bestScores = new float[best.length];
    float[] bestLogprobs = new float[best.length];
    for (int i = 0; i < best.length; i++) {
      bestScores[i] = scores[best[i]] + beam.score();
      bestLogprobs[i] = before[best[i]];
    }
    return new BeamCandidates(best, bestScores, bestLogprobs, top(before, beam.top()));
  }

  private static TopTokens top(float[] logprobs, int k) {
    int[] ids =
        IntStream.range(0, logprobs.length)
            .boxed()
            .sorted(Comparator.comparing(t -> -logprobs[t]))
            .limit(k)
            .mapToInt(Integer::intValue)
            .toArray();
    float[] values = new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      values[i] = logprobs[ids[i]];
    }
    return new TopTokens(ids, values);
  }

  /** 0 without penalties; else another number for any other penalty of any token. */
  private static long penalties(LogitEdits edits) {
    long h = 0;
    for (int token : edits.seen()) {
      h += (token + 1) * Double.doubleToLongBits(edits.repetitionPenalty()) * 0x9E3779B97F4A7C15L;
    }
    for (int i = 0; i < edits.lowered().length; i++) {
      h +=
          (edits.lowered()[i] + 1)
              * (long) Float.floatToIntBits(edits.lowering()[i])
              * 0x100000001B3L;
    }
    return h;
  }

  private static boolean contains(int[] tokens, int token) {
    return Arrays.stream(tokens).anyMatch(t -> t == token);
  }

  /** Computes at once, or not before {@link #finish} if it works apart. */
  @Override
  public void start(Step step) {
    assertThat(started).as("the step before").isNull();
    beforeStep.run();
    StepResult result = limits.worksApart() ? null : run(step);
    started = () -> result == null ? run(step) : result;
  }

  @Override
  public StepResult finish() {
    Supplier<StepResult> result = started;
    started = null;
    return result.get();
  }

  private StepResult run(Step step) {
    beforeRun.accept(step);
    steps++;
    step.cacheOps().forEach(this::apply);
    mostCachedTokens = Math.max(mostCachedTokens, cachedTokens);
    int[] tokens = step.tokens();
    int[][] histories = new int[tokens.length][];
    int[] sharedLengths = new int[tokens.length];
    for (Step.SharedKeys shared : step.shared()) {
      assertThat(shared.tokens()).isNotEmpty().doesNotHaveDuplicates();
      shared.tokens().forEach(i -> sharedLengths[i] += shared.length());
    }
    int t = 0;
    int sequences = 0;
    for (Step.DecodeGroup group : step.groups()) {
      int[][] rows = blocks.get(group.block());
      for (int r = 0; r < group.sequences(); r++) {
        int own = step.positions()[t] - sharedLengths[t];
        histories[t] = concat(shared(step, t), write(rows[r], own, tokens[t]));
        assertThat(own).isLessThan(group.keyLength());
        t++;
      }
      assertThat(group.keyLength()).isLessThanOrEqualTo(rows[0].length);
      sequences += group.sequences();
    }
    for (Step.PrefillChunk chunk : step.prefills()) {
      int[] row = blocks.get(chunk.block())[chunk.row()];
      for (int i = 0; i < chunk.length(); i++) {
        int own = chunk.start() + i;
        assertThat(step.positions()[t]).isEqualTo(own + sharedLengths[t]);
        histories[t] = concat(shared(step, t), write(row, own, tokens[t]));
        t++;
      }
    }
    assertThat(t).isEqualTo(tokens.length);
    largestStep = Math.max(largestStep, t);
    mostSequences = Math.max(mostSequences, sequences);
    int n = step.samples().size();
    int[] drawn = new int[n];
    float[] logprobs = new float[n];
    List<TopTokens> tops = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Step.SampleRow row = step.samples().get(i);
      int[] history = histories[row.token()];
      drawn[i] = next(history, history.length, row, limits.vocabularySize());
      logprobs[i] = -1;
      tops.add(top(logprobs(history, history.length, limits.vocabularySize()), row.top()));
    }
    List<BeamCandidates> beams = new ArrayList<>();
    for (Step.BeamRow beam : step.beams()) {
      beams.add(candidates(histories[beam.token()], beam));
    }
    return new StepResult(drawn, logprobs, tops, beams);
  }

  /** What a token reads in front of its row; as a device does, after what the step writes there. */
  private int[] shared(Step step, int t) {
    int[] history = {};
    for (Step.SharedKeys shared : step.shared()) {
      if (shared.tokens().contains(t)) {
        history = concat(history, Arrays.copyOf(blocks.get(shared.block())[0], shared.length()));
      }
    }
    assertThat(history).doesNotContain(EMPTY);
    return history;
  }

  private static int[] concat(int[] first, int[] second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  /** Puts a token at the end of a row and returns the whole history. */
  private static int[] write(int[] row, int position, int token) {
    row[position] = token;
    int[] history = Arrays.copyOf(row, position + 1);
    assertThat(history).doesNotContain(EMPTY);
    return history;
  }

  private void apply(Step.CacheOp op) {
    if (op instanceof Step.CacheOp.Allocate a) {
      int[][] rows = new int[a.rows()][a.capacity()];
      for (int[] row : rows) {
        Arrays.fill(row, EMPTY);
      }
      assertThat(blocks.put(a.block(), rows)).isNull();
      cachedTokens += (long) a.rows() * a.capacity();
      assertThat(cachedTokens).as("tokens in the cache").isLessThanOrEqualTo(budgetTokens);
    } else if (op instanceof Step.CacheOp.Move m) {
      int[] from = blocks.get(m.fromBlock())[m.fromRow()];
      System.arraycopy(from, 0, blocks.get(m.toBlock())[m.toRow()], 0, m.length());
    } else if (op instanceof Step.CacheOp.Release r) {
      int[][] rows = blocks.remove(r.block());
      cachedTokens -= (long) rows.length * rows[0].length;
    }
  }

  @Override
  public void clearCache() {
    beforeClear.run();
    started = null;
    blocks.clear();
    cachedTokens = 0;
  }

  @Override
  public void close() {
    closed = true;
  }
}
