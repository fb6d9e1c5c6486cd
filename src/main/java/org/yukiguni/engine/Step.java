package org.yukiguni.engine;

import java.util.List;

/**
 * One ragged step: the new tokens of all running sequences, one after another.
 *
 * <p>First come the decoding sequences, one token each, group by group and in each group in the
 * order of its rows; then the prefill chunks in the order of {@link #prefills}. T is the number of
 * tokens of the step.
 *
 * @param cacheOps changes of the KV cache, made in order before anything is computed
 * @param tokens the new token ids, [T]
 * @param positions each token's position in its sequence, [T]
 * @param groups the decoding part
 * @param prefills the prompt chunks
 * @param shared keys that several sequences read in one place, prompts' beginnings first; empty
 *     unless the model can do so
 * @param samples which positions of the step get a next token
 * @param beams which positions of the step are beams and get candidates for their next token
 */
public record Step(
    List<CacheOp> cacheOps,
    int[] tokens,
    int[] positions,
    List<DecodeGroup> groups,
    List<PrefillChunk> prefills,
    List<SharedKeys> shared,
    List<SampleRow> samples,
    List<BeamRow> beams) {

  /** Without shared keys. */
  public Step(
      List<CacheOp> cacheOps,
      int[] tokens,
      int[] positions,
      List<DecodeGroup> groups,
      List<PrefillChunk> prefills,
      List<SampleRow> samples,
      List<BeamRow> beams) {
    this(cacheOps, tokens, positions, groups, prefills, List.of(), samples, beams);
  }

  /**
   * A change of the KV cache. The cache is made of blocks: {@code rows} sequences with room for
   * {@code capacity} positions each.
   */
  public sealed interface CacheOp {
    /**
     * Makes a block. All its values must be finite from the start, because attention multiplies
     * masked positions by zero.
     *
     * @param block id chosen by the ledger; may be used again after its release
     */
    record Allocate(int block, int rows, int capacity) implements CacheOp {}

    /** Copies the keys and values of the first {@code length} positions of one row to another. */
    record Move(int fromBlock, int fromRow, int toBlock, int toRow, int length)
        implements CacheOp {}

    /** Frees a block. */
    record Release(int block) implements CacheOp {}
  }

  /**
   * Decoding sequences: the rows 0 to {@code sequences - 1} of one block, one token each.
   *
   * @param keyLength keys of the block to attend to: more than every position of the group; later
   *     positions than a sequence's own are masked. See {@link KvLedger} for why it is rounded as
   *     it is
   */
  public record DecodeGroup(int block, int sequences, int keyLength) {}

  /**
   * A run of prompt tokens of one sequence, which sees the places 0 to {@code start + length - 1}
   * of its row.
   *
   * @param start place of the first token, which is its position unless it reads {@link
   *     SharedKeys}; the earlier ones are filled already
   * @param length number of tokens
   */
  public record PrefillChunk(int block, int row, int start, int length) {}

  /**
   * Keys and values, in the row 0 of a block, that several sequences read in one place: their
   * prompt, or its beginning. They lie in front of the sequences' own rows, whose places are
   * counted from behind them; where a sequence reads two such runs, the first one lies in front.
   *
   * @param length number of their positions
   * @param tokens those of the step that see all of them, as indices
   */
  public record SharedKeys(int block, int length, List<Integer> tokens) {}

  /**
   * A token to draw.
   *
   * @param token index into the step's tokens whose logits are used; several samples may share one
   * @param uniform random number in [0, 1); used only when sampling
   * @param edits what is done to the logits before
   * @param top how many of the most probable tokens to report
   */
  public record SampleRow(
      int token, Sampling sampling, double uniform, LogitEdits edits, int top) {}

  /**
   * A beam to continue.
   *
   * @param token index into the step's tokens whose logits are used
   * @param edits what is done to the log-probabilities before
   * @param score added to them
   * @param candidates how many of the best to return
   * @param top how many of the most probable tokens to report
   */
  public record BeamRow(int token, LogitEdits edits, float score, int candidates, int top) {}
}
