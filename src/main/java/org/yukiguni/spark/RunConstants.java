package org.yukiguni.spark;

import java.io.Serializable;

/**
 * What is the same in every output row of a run.
 *
 * @param model as the job names it
 * @param modelRevision tells contents of the model apart
 * @param adapter the LoRA adapter with a hash over its contents; null without one
 */
public record RunConstants(String model, String modelRevision, String adapter)
    implements Serializable {}
