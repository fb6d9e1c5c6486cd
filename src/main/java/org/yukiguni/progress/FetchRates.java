package org.yukiguni.progress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yukiguni.spark.ExecutorStatus;
import org.yukiguni.spark.Fetch;

/** Makes times to go of the bytes of models that come to the hosts. */
final class FetchRates {
  private final Map<Key, Start> starts = new HashMap<>();

  private record Key(String executorId, String model) {}

  /** What was there when the fetch was first seen is not its doing. */
  private record Start(double seconds, long bytes) {}

  /** All fetches now, the driver's first. */
  List<ProgressState.Fetch> read(double now, List<Fetch> driver, List<ExecutorStatus> executors) {
    List<ProgressState.Fetch> shown = new ArrayList<>();
    driver.forEach(fetch -> shown.add(shown(now, null, fetch)));
    for (ExecutorStatus executor : executors) {
      executor.fetches().forEach(fetch -> shown.add(shown(now, executor.executorId(), fetch)));
    }
    starts.keySet().retainAll(shown.stream().map(f -> new Key(f.executorId(), f.model())).toList());
    return shown;
  }

  private ProgressState.Fetch shown(double now, String executorId, Fetch fetch) {
    Start start =
        starts.computeIfAbsent(
            new Key(executorId, fetch.model()), key -> new Start(now, fetch.bytes()));
    long come = fetch.bytes() - start.bytes;
    return new ProgressState.Fetch(
        executorId,
        fetch.model(),
        fetch.bytes(),
        fetch.totalBytes(),
        come <= 0 || now <= start.seconds
            ? null
            : Math.round((fetch.totalBytes() - fetch.bytes()) * (now - start.seconds) / come));
  }
}
