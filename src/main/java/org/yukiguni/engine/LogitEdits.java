package org.yukiguni.engine;

/**
 * Changes of one row's logits before anything is drawn, made in the order of the components. Ids
 * beyond the vocabulary are passed over.
 *
 * @param repetitionPenalty see {@link Penalties}
 * @param seen distinct ids that the repetition penalty is for
 * @param lowered distinct ids whose logits are lowered
 * @param lowering by how much, one for each of {@code lowered}
 * @param forced if not empty, these get the logit 0 and all others minus infinity
 * @param banned ids that get minus infinity
 */
public record LogitEdits(
    double repetitionPenalty,
    int[] seen,
    int[] lowered,
    float[] lowering,
    int[] forced,
    int[] banned) {
  private static final int[] NO_IDS = {};
  private static final float[] NO_VALUES = {};

  /** Logits as they are. */
  public static final LogitEdits NONE = ban();

  public LogitEdits {
    if (lowered.length != lowering.length) {
      throw new IllegalArgumentException(
          "Cannot lower "
              + lowered.length
              + " logits by "
              + lowering.length
              + " values; give one for each");
    }
  }

  /** Only bans. */
  public static LogitEdits ban(int... ids) {
    return new LogitEdits(1, NO_IDS, NO_IDS, NO_VALUES, NO_IDS, ids);
  }

  /** Only a choice of ids, less the banned ones. */
  static LogitEdits force(int[] ids, int[] banned) {
    return new LogitEdits(1, NO_IDS, NO_IDS, NO_VALUES, ids, banned);
  }
}
