package org.yukiguni.model;

import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.yukiguni.engine.Step;

/**
 * How far a model in 8 bits is from the same model in float32, on some texts.
 *
 * @param error root mean square of the logits' difference, over their standard deviation
 * @param sameToken share of the positions that have the same most probable next token
 * @param perplexity8 of the texts in 8 bits
 * @param perplexity32 of the texts in float32
 */
record Distance(double error, double sameToken, double perplexity8, double perplexity32) {

  static Distance of(Path folder, List<int[]> texts) {
    Sums sums = new Sums();
    try (TorchModel exact = open(folder, WeightFormat.FLOAT32);
        TorchModel rounded = open(folder, WeightFormat.INT8)) {
      for (int[] text : texts) {
        sums.add(text, logits(exact, text), logits(rounded, text));
      }
    }
    return sums.distance();
  }

  double perplexityChange() {
    return perplexity8 / perplexity32 - 1;
  }

  private static TorchModel open(Path folder, WeightFormat weights) {
    return TorchModel.open(folder, new ModelOptions("cpu", 2, weights));
  }

  /** Of all positions, [T x V]. */
  private static float[] logits(TorchModel model, int[] text) {
    int[] positions = IntStream.range(0, text.length).toArray();
    Step step =
        new Step(
            List.of(new Step.CacheOp.Allocate(0, 1, text.length)),
            text,
            positions,
            List.of(),
            List.of(new Step.PrefillChunk(0, 0, 0, text.length)),
            List.of(),
            List.of());
    try (NDManager scope = model.newScope()) {
      float[] logits = model.logits(scope, step, positions).toFloatArray();
      model.clearCache();
      return logits;
    }
  }

  private static final class Sums {
    private double errors;
    private double squares;
    private double sum;
    private long values;
    private long same;
    private long positions;
    private long predicted;
    private double loss8;
    private double loss32;

    void add(int[] text, float[] exact, float[] rounded) {
      for (int i = 0; i < exact.length; i++) {
        errors += Math.pow(exact[i] - rounded[i], 2);
        squares += Math.pow(exact[i], 2);
        sum += exact[i];
      }
      values += exact.length;
      int vocabulary = exact.length / text.length;
      for (int p = 0; p < text.length; p++) {
        int from = p * vocabulary;
        same += argmax(exact, from, vocabulary) == argmax(rounded, from, vocabulary) ? 1 : 0;
        if (p + 1 < text.length) {
          loss32 -= logprob(exact, from, vocabulary, text[p + 1]);
          loss8 -= logprob(rounded, from, vocabulary, text[p + 1]);
        }
      }
      positions += text.length;
      predicted += text.length - 1;
    }

    Distance distance() {
      double deviation = Math.sqrt(squares / values - Math.pow(sum / values, 2));
      return new Distance(
          Math.sqrt(errors / values) / deviation,
          (double) same / positions,
          Math.exp(loss8 / predicted),
          Math.exp(loss32 / predicted));
    }

    private static int argmax(float[] x, int from, int n) {
      int best = from;
      for (int i = from; i < from + n; i++) {
        if (x[i] > x[best]) {
          best = i;
        }
      }
      return best - from;
    }

    private static double logprob(float[] x, int from, int n, int token) {
      double total = 0;
      for (int i = from; i < from + n; i++) {
        total += Math.exp(x[i]);
      }
      return x[from + token] - Math.log(total);
    }
  }
}
