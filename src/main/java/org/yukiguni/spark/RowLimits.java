package org.yukiguni.spark;

import java.io.Serializable;
import org.yukiguni.job.RunSpec;
import org.yukiguni.job.TimeLimit;

/**
 * What ends a completion before its end.
 *
 * @param maxTime from its first token on; then it is an error
 * @param maxStepTime of a step that it is in; then its executor is given up
 * @param maxRepeats times that it may say the same in a row before it is an error; 0 turns it off
 */
public record RowLimits(TimeLimit maxTime, TimeLimit maxStepTime, int maxRepeats)
    implements Serializable {
  /** Those of a job. */
  public static RowLimits of(RunSpec run) {
    return new RowLimits(run.maxRowTime(), run.maxStepTime(), run.maxRepeats());
  }
}
