package org.yukiguni.job;

import java.io.Serializable;

/**
 * Everything that a job file says, checked. Paths are as written; relative ones start at the
 * working directory.
 *
 * @param name names the run in logs and reports
 * @param input where the rows come from
 * @param prompt how a row becomes a prompt
 * @param model which model, and how it is held
 * @param generation what to generate, as far as the job says it
 * @param engine how much runs at once; changes speed and memory, never tokens
 * @param output where the completions go
 * @param run how the work is cut and when it counts as failed
 */
public record Job(
    @Key(presence = Key.Presence.REQUIRED) String name,
    @Key(otherwise = "{}") InputSpec input,
    @Key(otherwise = "{}") PromptSpec prompt,
    @Key(otherwise = "{}") ModelSpec model,
    @Key(otherwise = "{}") GenerationSettings generation,
    @Key(otherwise = "{}") EngineSpec engine,
    @Key(otherwise = "{}") OutputSpec output,
    @Key(otherwise = "{}") RunSpec run)
    implements Serializable {}
