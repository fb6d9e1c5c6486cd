package org.yukiguni.run;

import org.apache.spark.ExceptionFailure;
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
    boolean isLost =
        (end.reason() instanceof ExecutorLostFailure lost && lost.exitCausedByApp())
            // It ends itself, but has told the task's end before.
            || (end.reason() instanceof ExceptionFailure failure
                && Causes.isLoss(failure.toErrorString()));
    String executor = end.taskInfo().executorId();
    if (isLost && !executor.equals(lastExecutor)) {
      lastExecutor = executor;
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
