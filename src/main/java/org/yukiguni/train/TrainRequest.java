package org.yukiguni.train;

import java.util.Optional;
import org.yukiguni.hub.ModelFolder;
import org.yukiguni.job.TrainJob;

/**
 * A training with everything resolved that it needs.
 *
 * @param job as read
 * @param model on the driver, and what executors get it from
 * @param adapter that is trained further; empty to begin with a new one
 */
public record TrainRequest(TrainJob job, ModelFolder model, Optional<ModelFolder> adapter) {}
