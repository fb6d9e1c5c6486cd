package org.yukiguni.job;

import java.io.Serializable;

/**
 * How the work is cut and when it counts as failed.
 *
 * @param chunkRows prompts per chunk, the unit of commit and resume
 * @param maxErrorRatio share of rows, 0 to 1, that may fail before the run counts as failed
 * @param maxTime after which no more chunks begin; those that run are finished
 * @param maxRowTime a completion may take from its first token on before it becomes an error row
 * @param maxStepTime a step of the model may take before its executor is given up
 * @param maxRepeats times that a completion may say the same in a row before it becomes an error
 *     row; 0 turns it off
 */
public record RunSpec(
    @Key(otherwise = "auto") AutoCount chunkRows,
    @Key(otherwise = "0.0", min = 0, max = 1) double maxErrorRatio,
    @Key(otherwise = "none") TimeLimit maxTime,
    @Key(otherwise = "none") TimeLimit maxRowTime,
    @Key(otherwise = "30m") TimeLimit maxStepTime,
    @Key(otherwise = "0", min = 0, hint = "0 turns it off") int maxRepeats)
    implements Serializable {}
