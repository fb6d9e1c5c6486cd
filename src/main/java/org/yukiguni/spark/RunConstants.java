package org.yukiguni.spark;

import java.io.Serializable;

/**
 * What is the same in every output row of a run.
 *
 * @param model as the job names it
 * @param modelRevision tells contents of the model apart
 * @param requestKey text that differs whenever model, revision or generation settings do; part of
 *     the request hash
 */
public record RunConstants(String model, String modelRevision, String requestKey)
    implements Serializable {}
