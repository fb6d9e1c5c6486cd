package org.yukiguni.engine;

/**
 * What the scheduler must know of a model.
 *
 * @param contextLength most positions (prompt and completion) of a sequence
 * @param vocabularySize number of token ids
 * @param kvBytesPerToken bytes of keys and values that one token takes over all layers
 * @param sharesPrompts whether the completions of one prompt can read its keys and values where
 *     they are, {@link Step#shared}; else each of them gets a copy
 */
public record ModelLimits(
    int contextLength, int vocabularySize, long kvBytesPerToken, boolean sharesPrompts) {
  /** Of a model in which each completion holds its prompt. */
  public ModelLimits(int contextLength, int vocabularySize, long kvBytesPerToken) {
    this(contextLength, vocabularySize, kvBytesPerToken, false);
  }
}
