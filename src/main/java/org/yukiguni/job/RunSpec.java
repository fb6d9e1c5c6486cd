package org.yukiguni.job;

import java.io.Serializable;

/**
 * How the work is cut and when it counts as failed.
 *
 * @param chunkRows prompts per chunk, the unit of commit and resume
 * @param maxErrorRatio share of rows, 0 to 1, that may fail before the run counts as failed
 */
public record RunSpec(
    @Key(otherwise = "auto") AutoCount chunkRows,
    @Key(otherwise = "0.0", min = 0, max = 1) double maxErrorRatio)
    implements Serializable {}
