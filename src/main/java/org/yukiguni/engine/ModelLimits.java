package org.yukiguni.engine;

/**
 * What the scheduler must know of a model.
 *
 * @param contextLength most positions (prompt and completion) of a sequence
 * @param vocabularySize number of token ids
 * @param kvBytesPerToken bytes of keys and values that one token takes over all layers
 * @param sharesPrompts whether the completions of one prompt can read its keys and values where
 *     they are, {@link Step#shared}; else each of them gets a copy
 * @param worksApart whether it computes while its caller does something else, so that it pays to
 *     prepare a step during the one before, though completions that end there cost a token more
 */
public record ModelLimits(
    int contextLength,
    int vocabularySize,
    long kvBytesPerToken,
    boolean sharesPrompts,
    boolean worksApart) {
  /** Of a model in which each completion holds its prompt, and which computes on its caller. */
  public ModelLimits(int contextLength, int vocabularySize, long kvBytesPerToken) {
    this(contextLength, vocabularySize, kvBytesPerToken, false, false);
  }
}
