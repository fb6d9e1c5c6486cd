package org.yukiguni.run;

import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Ends the Spark jobs of this thread when tasks have lost a number of executors, instead of letting
 * Spark try four times. Nothing else may run meanwhile.
 */
final class ExecutorLosses extends SparkListener {
  /** In the reason of the jobs that it ends. */
  static final String REASON = "an executor was lost";

  private final SparkContext context;
  private final String group;
  private final int most;
  private String lastExecutor = "";
  private int losses;

  private ExecutorLosses(int most, SparkContext context, String group) {
    this.most = most;
    this.context = context;
    this.group = group;
  }

  /**
   * Watches until {@link #end}.
   *
   * @param most losses
   * @param job describes the jobs
   */
  static ExecutorLosses endJobsAfter(int most, SparkContext context, String job) {
    ExecutorLosses losses = new ExecutorLosses(most, context, job);
    context.setJobGroup(job, job, false);
    context.addSparkListener(losses);
    return losses;
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.reason() instanceof ExecutorLostFailure lost
        && lost.exitCausedByApp()
        && !lost.execId().equals(lastExecutor)) {
      lastExecutor = lost.execId();
      losses++;
      if (losses == most) {
        context.cancelJobGroup(group, REASON);
      }
    }
  }

  /** Ends the watch. */
  void end() {
    context.removeSparkListener(this);
    context.clearJobGroup();
  }
}
