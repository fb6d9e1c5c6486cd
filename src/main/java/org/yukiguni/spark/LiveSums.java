package org.yukiguni.spark;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.TaskInfo;
import scala.collection.Iterable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Adds {@link Counters} up on the driver while tasks run: finished tasks count with their final
 * values, running ones with their last heartbeat. A failed attempt's values are dropped, and of
 * several attempts at one partition that succeed the first one counts.
 */
public final class LiveSums extends SparkListener {
  private final List<Long> ids;
  private final long[] finished = new long[Sums.FIELDS];
  private final Map<Long, long[]> running = new HashMap<>();
  private final Set<Long> endedTasks = new HashSet<>();
  private final Set<String> finishedPartitions = new HashSet<>();

  /** Watches these counters; add it to the context as a listener. */
  public LiveSums(Counters counters) {
    ids = counters.ids();
  }

  /** The sums at this moment. */
  public synchronized Sums now() {
    long[] total = finished.clone();
    running.values().forEach(values -> add(total, values));
    return Sums.of(total);
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    CollectionConverters.asJava(event.accumUpdates())
        .forEach(
            update -> {
              long task = (Long) update._1();
              // A heartbeat can arrive after the end of its task.
              if (!endedTasks.contains(task)) {
                long[] values = values(update._4());
                if (values != null) {
                  running.put(task, values);
                }
              }
            });
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    TaskInfo task = event.taskInfo();
    running.remove(task.taskId());
    endedTasks.add(task.taskId());
    long[] values = values(task.accumulables());
    if (task.successful()
        && values != null
        && finishedPartitions.add(event.stageId() + "/" + task.partitionId())) {
      add(finished, values);
    }
  }

  /** The counters' values among a task's updates, or null if it has none. */
  private long[] values(Iterable<AccumulableInfo> updates) {
    long[] values = null;
    for (AccumulableInfo info : CollectionConverters.asJava(updates)) {
      int index = ids.indexOf(info.id());
      if (index >= 0 && info.update().isDefined() && info.update().get() instanceof Long value) {
        values = values == null ? new long[Sums.FIELDS] : values;
        values[index] = value;
      }
    }
    return values;
  }

  private static void add(long[] sums, long[] values) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += values[i];
    }
  }
}
