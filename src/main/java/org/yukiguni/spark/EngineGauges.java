package org.yukiguni.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The gauges of some engines in a metric registry: sums over them, or the greatest value. */
final class EngineGauges {
  private final Supplier<List<EngineStatus>> engines;
  private final MetricRegistry registry;
  private long lastSteps;
  private double lastBusyMs;
  private double stepMs;
  private long nextNanos = System.nanoTime();

  private EngineGauges(Supplier<List<EngineStatus>> engines, MetricRegistry registry) {
    this.engines = engines;
    this.registry = registry;
  }

  static void register(Supplier<List<EngineStatus>> engines, MetricRegistry registry) {
    EngineGauges gauges = new EngineGauges(engines, registry);
    gauges.sum("tokens.generated", EngineStatus::newTokens);
    gauges.sum("tokens.prompt", EngineStatus::promptTokens);
    gauges.sum("sequences.running", EngineStatus::running);
    gauges.sum("queue.length", EngineStatus::waiting);
    gauges.sum("engines.open", engine -> engine.isLoading() ? 0 : 1);
    gauges.sum("engines.loading", engine -> engine.isLoading() ? 1 : 0);
    gauges.most("kv.share", EngineStatus::kvShare);
    gauges.sum("kv.bytes", EngineStatus::kvBytes);
    gauges.most("model.load.ms", EngineStatus::loadMs);
    gauges.gauge("step.ms", gauges::stepMs);
  }

  private <T> void gauge(String name, Gauge<T> gauge) {
    registry.register(name, gauge);
  }

  private void sum(String name, ToLongFunction<EngineStatus> value) {
    gauge(name, () -> engines.get().stream().mapToLong(value).sum());
  }

  private void most(String name, ToDoubleFunction<EngineStatus> value) {
    gauge(name, () -> engines.get().stream().mapToDouble(value).max().orElse(0));
  }

  /** Milliseconds of a step, the mean over the last seconds; the last one known while none ran. */
  private synchronized double stepMs() {
    long now = System.nanoTime();
    if (now >= nextNanos) {
      nextNanos = now + TimeUnit.SECONDS.toNanos(5);
      long steps = engines.get().stream().mapToLong(EngineStatus::steps).sum();
      double busyMs = engines.get().stream().mapToDouble(EngineStatus::busyMs).sum();
      if (steps > lastSteps && busyMs >= lastBusyMs) {
        stepMs = (busyMs - lastBusyMs) / (steps - lastSteps);
      }
      lastSteps = steps;
      lastBusyMs = busyMs;
    }
    return stepMs;
  }
}
