package org.yukiguni.job;

import java.io.Serializable;

/**
 * How much runs at once. These change speed and memory, never tokens.
 *
 * @param maxSequences most sequences that decode in one step
 * @param maxStepTokens most tokens of one step
 * @param kvMemory memory for keys and values
 */
public record EngineSpec(
    @Key(otherwise = "auto") AutoCount maxSequences,
    @Key(otherwise = "auto") AutoCount maxStepTokens,
    @Key(otherwise = "auto") MemorySize kvMemory)
    implements Serializable {}
