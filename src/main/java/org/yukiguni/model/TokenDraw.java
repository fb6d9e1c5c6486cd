package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.stream.IntStream;
import org.yukiguni.engine.Sampling;
import org.yukiguni.engine.Step.SampleRow;
import org.yukiguni.script.ScriptModule;

/** Tokens to be drawn, as the script's {@code sample} takes them. */
final class TokenDraw {
  /** Of each row that is not greedy. */
  private static final int NUMBERS = 7;

  private final ScriptModule module;
  private final Upload.Part source;
  private final EditParts edits;
  private final Upload.Part drawn;
  private final Upload.Part topK;
  private final Upload.Part numbers;
  private final boolean unlimited;
  private final int width;
  private final boolean information;

  /**
   * Adds what the device must know to an upload.
   *
   * @param source for each of the rows the row of the logits
   * @param firstWidth how many of the largest logits are looked at first where top_k is off
   * @param factor how many times more are looked at now
   */
  TokenDraw(
      ScriptModule module,
      int vocabularySize,
      int firstWidth,
      int factor,
      Upload upload,
      long[] source,
      List<SampleRow> rows) {
    this.module = module;
    this.source = upload.add(source);
    this.edits =
        new EditParts(upload, rows.stream().map(SampleRow::edits).toList(), vocabularySize);
    int[] open =
        IntStream.range(0, rows.size()).filter(i -> rows.get(i).sampling().doSample()).toArray();
    int n = open.length;
    long[] largest = new long[n];
    double[] settings = new double[NUMBERS * n];
    int most = 1;
    boolean anyUnlimited = false;
    boolean anyInformation = false;
    for (int i = 0; i < n; i++) {
      SampleRow row = rows.get(open[i]);
      Sampling sampling = row.sampling();
      largest[i] = Math.min(sampling.topK(), vocabularySize);
      most = Math.max(most, largest[i] == 0 ? firstWidth : (int) largest[i]);
      anyUnlimited |= largest[i] == 0;
      settings[i] = sampling.temperature();
      settings[n + i] = sampling.topP();
      settings[2 * n + i] = sampling.minP();
      settings[3 * n + i] = row.uniform();
      settings[4 * n + i] = sampling.typicalP();
      settings[5 * n + i] = sampling.epsilonCutoff();
      settings[6 * n + i] = sampling.etaCutoff();
      anyInformation |= sampling.cutsByInformation();
    }
    this.drawn = upload.add(open);
    this.topK = upload.add(largest);
    this.numbers = upload.add(settings);
    this.unlimited = anyUnlimited;
    this.width = (int) Math.min((long) most * factor, vocabularySize);
    this.information = anyInformation;
  }

  /**
   * Begins, once the upload is sent.
   *
   * @param scope owns the result
   * @param logits [U, V]
   * @return [3, S] as the script's {@code sample}
   */
  NDArray start(NDManager scope, NDArray logits) {
    return module.tensor(
        scope,
        "sample",
        logits,
        source.tensor(),
        edits.tensors(),
        drawn.tensor(),
        topK.tensor(),
        unlimited,
        width,
        numbers.tensor(),
        information);
  }
}
