package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.yukiguni.engine.LogitEdits;
import org.yukiguni.engine.Sampling;
import org.yukiguni.engine.Step.SampleRow;
import org.yukiguni.engine.StepResult;
import org.yukiguni.script.ScriptModule;

/** Draws next tokens where the logits are, and brings ids and log-probabilities back. */
final class Sampler implements AutoCloseable {
  /** Of each drawn row. */
  private static final int NUMBERS = 7;

  private final ScriptModule module;
  private final int vocabularySize;

  Sampler(NDManager manager, int vocabularySize) {
    this.module = ScriptModule.compile(manager, "sampler", List.of("sampler.py"));
    this.vocabularySize = vocabularySize;
  }

  /**
   * Draws.
   *
   * @param logits [U, V]
   * @param source for each sample the row of the logits
   */
  StepResult sample(NDManager scope, NDArray logits, long[] source, List<SampleRow> rows) {
    Pairs seen = new Pairs(vocabularySize);
    Pairs lowered = new Pairs(vocabularySize);
    Pairs forced = new Pairs(vocabularySize);
    Pairs banned = new Pairs(vocabularySize);
    for (int i = 0; i < rows.size(); i++) {
      LogitEdits edits = rows.get(i).edits();
      seen.add(i, edits.seen(), edits.repetitionPenalty());
      lowered.add(i, edits.lowered(), edits.lowering());
      forced.add(i, edits.forced(), 0);
      banned.add(i, edits.banned(), 0);
    }
    long[] drawn =
        IntStream.range(0, rows.size())
            .filter(i -> rows.get(i).sampling().doSample())
            .mapToLong(i -> i)
            .toArray();
    int n = drawn.length;
    long[] topK = new long[n];
    double[] numbers = new double[NUMBERS * n];
    int width = 1;
    boolean information = false;
    for (int i = 0; i < n; i++) {
      SampleRow row = rows.get((int) drawn[i]);
      Sampling sampling = row.sampling();
      topK[i] = Math.min(sampling.topK(), vocabularySize);
      width = Math.max(width, topK[i] == 0 ? vocabularySize : (int) topK[i]);
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
            seen.indices(scope),
            seen.values(scope),
            lowered.indices(scope),
            lowered.values(scope),
            forced.indices(scope),
            banned.indices(scope),
            scope.create(drawn),
            scope.create(topK),
            width,
            scope.create(numbers, new Shape(NUMBERS, n)),
            information);
    return result(result.toDoubleArray());
  }

  /** From [2, S]: token ids, then log-probabilities. */
  private static StepResult result(double[] values) {
    int n = values.length / 2;
    int[] tokens = new int[n];
    float[] logprobs = new float[n];
    for (int i = 0; i < n; i++) {
      logprobs[i] = (float) values[n + i];
      tokens[i] = Double.isNaN(values[n + i]) ? -1 : (int) values[i];
    }
    return new StepResult(tokens, logprobs);
  }

  @Override
  public void close() {
    module.close();
  }
}
