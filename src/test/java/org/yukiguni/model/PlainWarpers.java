package org.yukiguni.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.yukiguni.engine.LogitEdits;
import org.yukiguni.engine.Sampling;

/**
 * The definitions of transformers' processors and warpers one by one over a whole row, in double
 * precision: slow, and not written like the sampler.
 */
final class PlainWarpers {
  private static final double OFF = Double.NEGATIVE_INFINITY;

  private PlainWarpers() {}

  /** The probability of each token. */
  static double[] probabilities(float[] logits, LogitEdits edits, Sampling s) {
    double[] x = edited(logits, edits);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) x[i] / (float) s.temperature();
    }
    if (s.topK() > 0) {
      double[] rising = x.clone();
      Arrays.sort(rising);
      double least = rising[Math.max(0, x.length - s.topK())];
      drop(x, i -> x[i] < least);
    }
    if (s.topP() < 1) {
      double[] p = softmax(x);
      Integer[] rising = order(Comparator.comparingDouble(i -> x[i]), x.length);
      double mass = 0;
      for (int r = 0; r < x.length - 1; r++) {
        mass += p[rising[r]];
        if (mass <= 1 - s.topP()) {
          x[rising[r]] = OFF;
        }
      }
    }
    double[] p = softmax(x);
    double best = Arrays.stream(p).max().orElseThrow();
    drop(x, i -> p[i] < s.minP() * best);
    if (s.typicalP() < 1) {
      typical(x, s.typicalP());
    }
    cut(x, s.epsilonCutoff());
    double eta = s.etaCutoff();
    cut(x, Math.min(eta, Math.sqrt(eta) * Math.exp(-entropy(softmax(x)))));
    return softmax(x);
  }

  private static double[] edited(float[] logits, LogitEdits edits) {
    double[] x = new double[logits.length];
    Arrays.setAll(x, i -> logits[i]);
    for (int id : edits.seen()) {
      double penalty = edits.repetitionPenalty();
      x[id] = x[id] < 0 ? x[id] * penalty : x[id] / penalty;
    }
    for (int i = 0; i < edits.lowered().length; i++) {
      x[edits.lowered()[i]] -= edits.lowering()[i];
    }
    if (edits.forced().length > 0) {
      Arrays.fill(x, OFF);
      Arrays.stream(edits.forced()).forEach(id -> x[id] = 0);
    }
    Arrays.stream(edits.banned()).filter(id -> id < x.length).forEach(id -> x[id] = OFF);
    return x;
  }

  private static void typical(double[] x, double mass) {
    double[] p = softmax(x);
    double entropy = entropy(p);
    double[] away = new double[x.length];
    Arrays.setAll(away, i -> Math.abs(-Math.log(p[i]) - entropy));
    Integer[] nearest = order(Comparator.comparingDouble(i -> away[i]), x.length);
    double sum = 0;
    double farthest = 0;
    for (int r = 0; r < x.length && sum < mass; r++) {
      sum += p[nearest[r]];
      farthest = away[nearest[r]];
    }
    double most = farthest;
    drop(x, i -> away[i] > most);
  }

  private static void cut(double[] x, double least) {
    double[] p = softmax(x);
    double best = Arrays.stream(p).max().orElseThrow();
    drop(x, i -> p[i] < least && p[i] < best);
  }

  private static double entropy(double[] p) {
    return -Arrays.stream(p).filter(q -> q > 0).map(q -> q * Math.log(q)).sum();
  }

  private static void drop(double[] x, java.util.function.IntPredicate which) {
    IntStream.range(0, x.length).filter(which).forEach(i -> x[i] = OFF);
  }

  private static Integer[] order(Comparator<Integer> comparator, int length) {
    return IntStream.range(0, length).boxed().sorted(comparator).toArray(Integer[]::new);
  }

  private static double[] softmax(double[] x) {
    double largest = Arrays.stream(x).max().orElseThrow();
    double[] p = Arrays.stream(x).map(v -> Math.exp(v - largest)).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> v / sum).toArray();
  }
}
