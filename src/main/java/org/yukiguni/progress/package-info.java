/**
 * What a person sees while a job runs: a block on a terminal, lines elsewhere.
 *
 * <p>Owns the meter that makes rates and a time to go of what the executors tell, and the ways to
 * show it. It knows the counters and the live board of {@code org.yukiguni.spark} as plain records;
 * it must not know Spark itself, nor the layout of the output, nor decide anything about a run.
 */
package org.yukiguni.progress;
