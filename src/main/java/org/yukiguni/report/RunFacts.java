package org.yukiguni.report;

import java.util.Map;

/**
 * What a report tells of a run that is not in its rows.
 *
 * @param job name of the job
 * @param runId the run
 * @param model as the job names it
 * @param modelRevision tells contents of the model apart
 * @param rowsIn prompts of the plan
 * @param rowsExpected output rows when it is done: the sum of {@code num_return_sequences}
 * @param chunks of the plan
 * @param chunksDone chunks that are written
 * @param maxErrorRatio share of output rows that may fail, 0 to 1
 * @param engineHourCost what an hour of one engine costs, in whatever currency; null if unknown
 * @param startedAt when planning began, in ISO 8601
 * @param effectiveJob the job as YAML with all defaults, secrets redacted
 * @param versions of the programs that planned the run
 */
public record RunFacts(
    String job,
    String runId,
    String model,
    String modelRevision,
    long rowsIn,
    long rowsExpected,
    int chunks,
    int chunksDone,
    double maxErrorRatio,
    Double engineHourCost,
    String startedAt,
    String effectiveJob,
    Map<String, String> versions) {}
