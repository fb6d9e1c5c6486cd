package org.yukiguni.engine;

/**
 * What the scheduler must know of a model.
 *
 * @param contextLength most positions (prompt and completion) of a sequence
 * @param vocabularySize number of token ids
 * @param kvBytesPerToken bytes of keys and values that one token takes over all layers
 */
public record ModelLimits(int contextLength, int vocabularySize, long kvBytesPerToken) {}
