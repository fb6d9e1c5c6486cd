package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.yukiguni.engine.BeamCandidates;
import org.yukiguni.engine.LogitEdits;
import org.yukiguni.engine.Sampling;
import org.yukiguni.engine.Step.BeamRow;
import org.yukiguni.engine.Step.SampleRow;
import org.yukiguni.engine.StepResult;
import org.yukiguni.engine.TopTokens;
import org.yukiguni.script.ScriptModule;

/**
 * Draws next tokens, and finds the best ones of beams, where the logits are, and brings ids and
 * log-probabilities back.
 */
final class Sampler implements AutoCloseable {
  /** Of each drawn row. */
  private static final int NUMBERS = 7;

  /**
   * How many of the largest logits are tried first where top_k is off. Hardly a text with top_p
   * 0.95 needs more; sorting 32,000 takes twenty times as long as finding these.
   */
  private static final int FIRST_WIDTH = 256;

  /** How many times more are tried where those were too few. */
  private static final int WIDENING = 16;

  private final ScriptModule module;
  private final int vocabularySize;
  private final int firstWidth;

  Sampler(NDManager manager, int vocabularySize) {
    this(manager, vocabularySize, FIRST_WIDTH);
  }

  Sampler(NDManager manager, int vocabularySize, int firstWidth) {
    this.module = ScriptModule.compile(manager, "sampler", List.of("sampler.py"));
    this.vocabularySize = vocabularySize;
    this.firstWidth = firstWidth;
  }

  /**
   * Draws.
   *
   * @param logits [U, V]
   * @param source for each sample the row of the logits
   */
  StepResult sample(NDManager scope, NDArray logits, long[] source, List<SampleRow> rows) {
    int n = rows.size();
    int[] tokens = new int[n];
    float[] logprobs = new float[n];
    int[] open = IntStream.range(0, n).toArray();
    // Whether it looked at enough comes with the result, so that a GPU's work is waited for once.
    for (int factor = 1; open.length > 0; factor *= WIDENING) {
      List<SampleRow> openRows = Arrays.stream(open).mapToObj(rows::get).toList();
      long[] openSource = Arrays.stream(open).mapToLong(i -> source[i]).toArray();
      double[] found = draw(scope, logits, openSource, openRows, factor);
      int m = open.length;
      for (int i = 0; i < m; i++) {
        logprobs[open[i]] = (float) found[m + i];
        tokens[open[i]] = Double.isNaN(found[m + i]) ? -1 : (int) found[i];
      }
      int[] tried = open;
      open = IntStream.range(0, m).filter(i -> found[2 * m + i] == 0).map(i -> tried[i]).toArray();
    }
    int[] wanted = rows.stream().mapToInt(SampleRow::top).toArray();
    return new StepResult(tokens, logprobs, tops(scope, logits, source, wanted), List.of());
  }

  /**
   * Draws, looking at a part of the vocabulary.
   *
   * @param factor how much more than at first
   * @return [3, S] as the script's {@code sample}
   */
  private double[] draw(
      NDManager scope, NDArray logits, long[] source, List<SampleRow> rows, int factor) {
    Edits edits = Edits.of(rows.stream().map(SampleRow::edits).toList(), vocabularySize);
    long[] drawn =
        IntStream.range(0, rows.size())
            .filter(i -> rows.get(i).sampling().doSample())
            .mapToLong(i -> i)
            .toArray();
    int n = drawn.length;
    long[] topK = new long[n];
    double[] numbers = new double[NUMBERS * n];
    int width = 1;
    boolean unlimited = false;
    boolean information = false;
    for (int i = 0; i < n; i++) {
      SampleRow row = rows.get((int) drawn[i]);
      Sampling sampling = row.sampling();
      topK[i] = Math.min(sampling.topK(), vocabularySize);
      width = Math.max(width, topK[i] == 0 ? firstWidth : (int) topK[i]);
      unlimited |= topK[i] == 0;
      numbers[i] = sampling.temperature();
      numbers[n + i] = sampling.topP();
      numbers[2 * n + i] = sampling.minP();
      numbers[3 * n + i] = row.uniform();
      numbers[4 * n + i] = sampling.typicalP();
      numbers[5 * n + i] = sampling.epsilonCutoff();
      numbers[6 * n + i] = sampling.etaCutoff();
      information |= sampling.cutsByInformation();
    }
    NDArray result =
        module.tensor(
            scope,
            "sample",
            logits,
            scope.create(source),
            edits.tensors(scope),
            scope.create(drawn),
            scope.create(topK),
            unlimited,
            (int) Math.min((long) width * factor, vocabularySize),
            scope.create(numbers, new Shape(NUMBERS, n)),
            information);
    return result.toDoubleArray();
  }

  /**
   * The most probable tokens of each row, as many as it asks for.
   *
   * @param logits [U, V]
   * @param source for each row the row of the logits
   * @param wanted for each row how many
   */
  private List<TopTokens> tops(NDManager scope, NDArray logits, long[] source, int[] wanted) {
    List<TopTokens> all = new ArrayList<>(Collections.nCopies(wanted.length, TopTokens.NONE));
    int[] asking = IntStream.range(0, wanted.length).filter(i -> wanted[i] > 0).toArray();
    if (asking.length == 0) {
      return all;
    }
    long[] topK = new long[asking.length];
    int width = 1;
    for (int i = 0; i < asking.length; i++) {
      topK[i] = Math.min(wanted[asking[i]], vocabularySize);
      width = Math.max(width, (int) topK[i]);
    }
    long[] rows = Arrays.stream(asking).mapToLong(i -> source[i]).toArray();
    NDArray result =
        module.tensor(scope, "top", logits, scope.create(rows), scope.create(topK), width);
    double[] values = result.toDoubleArray();
    for (int i = 0; i < asking.length; i++) {
      int k = (int) topK[i];
      int[] ids = new int[k];
      float[] logprobs = new float[k];
      for (int rank = 0; rank < k; rank++) {
        int at = i * width + rank;
        ids[rank] = (int) values[at];
        logprobs[rank] = (float) values[asking.length * width + at];
      }
      all.set(asking[i], new TopTokens(ids, logprobs));
    }
    return all;
  }

  /**
   * Finds the best continuations of beams.
   *
   * @param logits [U, V]
   * @param source for each beam the row of the logits
   */
  List<BeamCandidates> search(NDManager scope, NDArray logits, long[] source, List<BeamRow> beams) {
    Edits edits = Edits.of(beams.stream().map(BeamRow::edits).toList(), vocabularySize);
    int n = beams.size();
    float[] scores = new float[n];
    long[] topK = new long[n];
    int width = 1;
    for (int i = 0; i < n; i++) {
      scores[i] = beams.get(i).score();
      topK[i] = Math.min(beams.get(i).candidates(), vocabularySize);
      width = Math.max(width, (int) topK[i]);
    }
    NDArray result =
        module.tensor(
            scope,
            "search",
            logits,
            scope.create(source),
            edits.tensors(scope),
            scope.create(scores),
            scope.create(topK),
            width);
    int[] wanted = beams.stream().mapToInt(BeamRow::top).toArray();
    return candidates(result.toDoubleArray(), topK, width, tops(scope, logits, source, wanted));
  }

  /** From [3, S, W]: token ids, scores, log-probabilities; the first k of each beam. */
  private static List<BeamCandidates> candidates(
      double[] values, long[] topK, int width, List<TopTokens> tops) {
    int plane = topK.length * width;
    List<BeamCandidates> all = new ArrayList<>();
    for (int i = 0; i < topK.length; i++) {
      int k = (int) topK[i];
      int[] tokens = new int[k];
      float[] scores = new float[k];
      float[] logprobs = new float[k];
      for (int rank = 0; rank < k; rank++) {
        int at = i * width + rank;
        tokens[rank] = (int) values[at];
        scores[rank] = (float) values[plane + at];
        logprobs[rank] = (float) values[2 * plane + at];
      }
      all.add(new BeamCandidates(tokens, scores, logprobs, tops.get(i)));
    }
    return all;
  }

  /** The edits of all rows, as the script takes them. */
  private record Edits(Pairs seen, Pairs lowered, Pairs forced, Pairs banned) {
    static Edits of(List<LogitEdits> rows, int vocabularySize) {
      Edits all =
          new Edits(
              new Pairs(vocabularySize),
              new Pairs(vocabularySize),
              new Pairs(vocabularySize),
              new Pairs(vocabularySize));
      for (int i = 0; i < rows.size(); i++) {
        LogitEdits edits = rows.get(i);
        all.seen.add(i, edits.seen(), edits.repetitionPenalty());
        all.lowered.add(i, edits.lowered(), edits.lowering());
        all.forced.add(i, edits.forced(), 0);
        all.banned.add(i, edits.banned(), 0);
      }
      return all;
    }

    /** In the order of the script's {@code edit}. */
    List<NDArray> tensors(NDManager scope) {
      return List.of(
          seen.indices(scope),
          seen.values(scope),
          lowered.indices(scope),
          lowered.values(scope),
          forced.indices(scope),
          banned.indices(scope));
    }
  }

  @Override
  public void close() {
    module.close();
  }
}
