package org.yukiguni.job;

/**
 * Where a training leaves its adapter, checkpoints and figures.
 *
 * @param path folder
 * @param mode what happens if the folder already holds a training
 */
public record TrainOutputSpec(
    @Key(presence = Key.Presence.REQUIRED) String path,
    @Key(otherwise = "resume") OutputMode mode) {}
