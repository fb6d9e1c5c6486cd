package org.yukiguni.spark;

import java.io.Serializable;
import java.util.List;

/**
 * What an executor tells the driver every second.
 *
 * @param executorId the Spark executor
 * @param residentBytes memory of its process, the model's weights included; 0 where the system does
 *     not say
 * @param gpuUsedBytes memory in use of the GPUs that it sees, by whomever; 0 without one
 * @param gpuBytes memory that they have
 * @param fetches models that come to its host, if it is the process that fetches them
 * @param engines its engines
 */
public record ExecutorStatus(
    String executorId,
    long residentBytes,
    long gpuUsedBytes,
    long gpuBytes,
    List<Fetch> fetches,
    List<EngineStatus> engines)
    implements Serializable {}
