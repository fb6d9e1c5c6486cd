package org.yukiguni.engine;

import java.util.List;

/**
 * One ragged step: the new tokens of all running sequences, one after another.
 *
 * <p>First come the decoding sequences, one token each, pool by pool and in each pool in the order
 * of its slots from 0; then the prefill chunks in the order of {@link #prefills}. T is the number
 * of tokens of the step.
 *
 * @param tokens the new token ids, [T]
 * @param positions each token's position in its sequence, [T]
 * @param moves made before anything else, in order
 * @param pools the decoding part
 * @param prefills the prompt chunks of this step
 * @param samples which positions of the step get a next token
 */
public record Step(
    int[] tokens,
    int[] positions,
    List<KvMove> moves,
    List<DecodePool> pools,
    List<PrefillChunk> prefills,
    List<SampleRow> samples) {

  /**
   * Copies the first {@code length} keys and values of one slot over those of another.
   *
   * @param fromPool index of a pool, or {@link #PROMPTS}
   * @param toPool index of a pool
   */
  public record KvMove(int fromPool, int fromSlot, int toPool, int toSlot, int length) {}

  /** The pool number of the slots in which prompts are prefilled. */
  public static final int PROMPTS = -1;

  /**
   * The decoding sequences of one pool: its slots 0 to {@code sequences - 1}, all of them.
   *
   * @param pool index of the pool
   * @param capacity positions a slot of the pool holds
   * @param keyLength keys to attend to, at least one more than the largest position in the pool;
   *     shorter sequences are masked
   */
  public record DecodePool(int pool, int capacity, int sequences, int keyLength) {}

  /**
   * A run of prompt tokens of one sequence.
   *
   * @param slot prompt slot that holds the keys and values of the tokens before {@code start}
   * @param start position of the first token
   * @param length number of tokens
   */
  public record PrefillChunk(int slot, int start, int length) {}

  /**
   * A token to draw.
   *
   * @param token index into the step's tokens whose logits are used; several samples may share one
   * @param sampling how
   * @param uniform random number in [0, 1); used only when sampling
   * @param seen distinct token ids of prompt and completion, for the repetition penalty; the first
   *     {@code seenLength} count
   * @param banned token ids that must not be drawn
   */
  public record SampleRow(
      int token, Sampling sampling, double uniform, int[] seen, int seenLength, int[] banned) {}
}
