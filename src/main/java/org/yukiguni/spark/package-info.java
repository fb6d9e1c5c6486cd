/**
 * Partitions meet engines: what runs inside Spark tasks.
 *
 * <p>Owns the two partition functions (prompts to token ids, token ids to completions), the holder
 * that keeps one engine per executor JVM and device, the choice of a task's device, the counters
 * that travel with heartbeats, and the schema of plan and output. It knows Spark and the engine's
 * surface; it must not know how a model computes, how a job is written, or what the driver does
 * with the results.
 */
package org.yukiguni.spark;
