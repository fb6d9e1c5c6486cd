package org.yukiguni.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.yukiguni.engine.TopTokens;
import org.yukiguni.script.ScriptModule;

/** The most probable tokens of each row, as many as it asks for: the script's {@code top}. */
final class TopDraw {
  private final ScriptModule module;
  private final int rows;
  private final int[] asking;
  private final int[] topK;
  private final int width;
  private final Upload.Part source;
  private final Upload.Part limits;
  private NDArray result;

  /**
   * Adds what the device must know to an upload.
   *
   * @param source for each row the row of the logits
   * @param wanted for each row how many
   */
  TopDraw(ScriptModule module, int vocabularySize, Upload upload, long[] source, int[] wanted) {
    this.module = module;
    this.rows = wanted.length;
    this.asking = IntStream.range(0, rows).filter(i -> wanted[i] > 0).toArray();
    this.topK = Arrays.stream(asking).map(i -> Math.min(wanted[i], vocabularySize)).toArray();
    this.width = Arrays.stream(topK).max().orElse(1);
    this.source = upload.add(Arrays.stream(asking).mapToLong(i -> source[i]).toArray());
    this.limits = upload.add(topK);
  }

  /**
   * Begins, once the upload is sent.
   *
   * @param logits [U, V]
   */
  void start(NDManager scope, NDArray logits) {
    if (asking.length > 0) {
      result = module.tensor(scope, "top", logits, source.tensor(), limits.tensor(), width);
    }
  }

  /** Of each row; waits for the device. */
  List<TopTokens> finish() {
    List<TopTokens> all = new ArrayList<>(Collections.nCopies(rows, TopTokens.NONE));
    double[] values = result == null ? new double[0] : result.toDoubleArray();
    for (int i = 0; i < asking.length; i++) {
      int[] ids = new int[topK[i]];
      float[] logprobs = new float[topK[i]];
      for (int rank = 0; rank < topK[i]; rank++) {
        int at = i * width + rank;
        ids[rank] = (int) values[at];
        logprobs[rank] = (float) values[asking.length * width + at];
      }
      all.set(asking[i], new TopTokens(ids, logprobs));
    }
    return all;
  }
}
