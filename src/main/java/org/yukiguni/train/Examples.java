package org.yukiguni.train;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.yukiguni.engine.CounterRandom;
import org.yukiguni.job.InvalidJobException;
import org.yukiguni.model.TrainingRow;

/**
 * The rows of a training.
 *
 * @param learnt in the order of their ids
 * @param held rows that are only measured, likewise
 * @param samples some of them, held back if there are such, to show what was learnt
 */
record Examples(List<TrainingRow> learnt, List<TrainingRow> held, List<Sample> samples) {
  Examples {
    learnt = List.copyOf(learnt);
    held = List.copyOf(held);
    samples = List.copyOf(samples);
  }

  /** The same with samples. */
  Examples showing(List<Sample> some) {
    return new Examples(learnt, held, some);
  }

  /** Holds some rows back, chosen by the seed. */
  static Examples split(List<TrainingRow> rows, int held, long seed) {
    if (held >= rows.size()) {
      throw new InvalidJobException(
          "train.val_set_size: %d of %d rows would be held back; give fewer"
              .formatted(held, rows.size()));
    }
    boolean[] isHeld = new boolean[rows.size()];
    int[] order =
        new RowOrder(CounterRandom.key(seed, "held", 0), rows.size(), rows.size()).step(0);
    for (int i = 0; i < held; i++) {
      isHeld[order[i]] = true;
    }
    List<TrainingRow> in = new ArrayList<>();
    List<TrainingRow> out = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      (isHeld[i] ? out : in).add(rows.get(i));
    }
    return new Examples(in, out, List.of());
  }

  /** SHA-256 over all tokens and marks in hex, its first half. */
  String fingerprint() {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      for (List<TrainingRow> rows : List.of(learnt, held)) {
        for (TrainingRow row : rows) {
          ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (row.tokens().length + 1));
          bytes.putInt(row.tokens().length);
          for (int t = 0; t < row.tokens().length; t++) {
            bytes.putInt(2 * row.tokens()[t] + (row.isTarget()[t] ? 1 : 0));
          }
          hash.update(bytes.array());
        }
      }
      return HexFormat.of().formatHex(hash.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
