package org.yukiguni.spark;

import java.io.Serializable;
import org.yukiguni.job.RunSpec;
import org.yukiguni.job.TimeLimit;

/**
 * What makes a completion an error before its end.
 *
 * @param maxTime from its first token on
 * @param maxRepeats times that it may say the same in a row; 0 turns it off
 */
public record RowLimits(TimeLimit maxTime, int maxRepeats) implements Serializable {
  /** Those of a job. */
  public static RowLimits of(RunSpec run) {
    return new RowLimits(run.maxRowTime(), run.maxRepeats());
  }
}
