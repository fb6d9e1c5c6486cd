package org.yukiguni.engine;

/**
 * What an engine has done since its start.
 *
 * @param steps steps run
 * @param busyNanos time spent in them
 * @param promptTokens prompt tokens computed
 * @param newTokens tokens drawn, those of beams that are dropped later included
 * @param running sequences decoding now
 * @param waiting requests not started
 * @param kvTokens positions of the KV cache allocated now
 */
public record EngineStats(
    long steps,
    long busyNanos,
    long promptTokens,
    long newTokens,
    int running,
    int waiting,
    long kvTokens) {}
