package org.yukiguni.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.yukiguni.hub.FetchListener;

/**
 * What the driver knows of the executors at this moment: the last word of each, and the sums of the
 * run in work. For watching only.
 *
 * <p>There is one for the process, {@link #ofThisDriver}: Spark makes the plugin that fills it, and
 * gives no way to that plugin.
 */
public final class LiveBoard {
  private static final LiveBoard DRIVER = new LiveBoard(System::nanoTime);
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final LongSupplier nanoTime;
  private final Map<String, Heard> executors = new ConcurrentHashMap<>();
  private final Arrivals arrivals = new Arrivals();
  private volatile Supplier<Sums> sums = () -> Sums.ZERO;

  private record Heard(ExecutorStatus status, long nanos) {}

  LiveBoard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The board of this process's driver. */
  public static LiveBoard ofThisDriver() {
    return DRIVER;
  }

  /** Shows the sums of a run from now on. */
  public void watch(Supplier<Sums> runSums) {
    sums = runSums;
  }

  /** The sums of the run in work, or of the last one. */
  public Sums sums() {
    return sums.get();
  }

  /** To be told what the driver fetches. */
  public FetchListener fetchListener() {
    return arrivals;
  }

  /** Models that come to the driver's host, if it is the process that fetches them. */
  public List<Fetch> fetches() {
    return arrivals.fetches();
  }

  /** Executors that were heard of in the last seconds, by id. */
  public List<ExecutorStatus> executors() {
    long now = nanoTime.getAsLong();
    List<ExecutorStatus> alive = new ArrayList<>();
    for (Heard heard : executors.values()) {
      if (now - heard.nanos < SILENT_NANOS) {
        alive.add(heard.status);
      }
    }
    alive.sort(
        Comparator.comparing((ExecutorStatus e) -> e.executorId().length())
            .thenComparing(ExecutorStatus::executorId));
    return alive;
  }

  /** The engines of these executors. */
  public List<EngineStatus> engines() {
    return executors().stream().flatMap(executor -> executor.engines().stream()).toList();
  }

  void hear(ExecutorStatus status) {
    executors.put(status.executorId(), new Heard(status, nanoTime.getAsLong()));
  }

  void forgetAll() {
    executors.clear();
  }
}
