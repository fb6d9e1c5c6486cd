package org.yukiguni.progress;

/**
 * What there is to do.
 *
 * @param rows prompts of the run
 * @param rowsBefore prompts that earlier attempts have done
 * @param completionsPerRow completions of a prompt, on average
 * @param promptTokens tokens of the prompts that are not done; -1 as long as nobody has counted
 *     them
 */
public record Work(long rows, long rowsBefore, double completionsPerRow, long promptTokens) {}
