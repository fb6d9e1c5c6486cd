package org.yukiguni.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Brings what the engines do into Spark's own metrics. Each executor tells the driver once a
 * second, and both register gauges: the driver's, which are sums over all executors, appear in its
 * Prometheus endpoint and, every ten seconds while there is an engine, in the event log if one is
 * kept; each executor's own in whatever sinks its metrics system has, such as JMX.
 */
public final class MetricsPlugin implements SparkPlugin {
  private static final int LOG_SECONDS = 10;

  /** Spark makes it by its name. */
  public MetricsPlugin() {}

  @Override
  public DriverPlugin driverPlugin() {
    return new Driver(LiveBoard.ofThisDriver());
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new StatusSender();
  }

  /** The driver's gauges. */
  static void register(LiveBoard board, MetricRegistry registry) {
    EngineGauges.register(board::engines, registry);
    gauge(registry, "rows.ok", () -> board.sums().completions());
    gauge(registry, "rows.error", () -> board.sums().errors());
    gauge(registry, "prompts.done", () -> board.sums().rows());
    gauge(registry, "device.busy.ms", () -> board.sums().deviceMicros() / 1000);
    sum(board, registry, "memory.resident.bytes", ExecutorStatus::residentBytes);
    sum(board, registry, "gpu.memory.used.bytes", ExecutorStatus::gpuUsedBytes);
    sum(board, registry, "gpu.memory.bytes", ExecutorStatus::gpuBytes);
  }

  private static void sum(
      LiveBoard board, MetricRegistry registry, String name, ToLongFunction<ExecutorStatus> value) {
    gauge(registry, name, () -> board.executors().stream().mapToLong(value).sum());
  }

  /** The values of gauges at this moment. */
  static Map<String, Number> values(MetricRegistry registry) {
    Map<String, Number> values = new TreeMap<>();
    registry.getGauges().forEach((name, gauge) -> values.put(name, (Number) gauge.getValue()));
    return values;
  }

  private static <T> void gauge(MetricRegistry registry, String name, Gauge<T> gauge) {
    registry.register(name, gauge);
  }

  private static final class Driver implements DriverPlugin {
    private final LiveBoard board;
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "gauges-to-event-log");
              thread.setDaemon(true);
              return thread;
            });
    private SparkContext context;

    private Driver(LiveBoard board) {
      this.board = board;
    }

    @Override
    public Map<String, String> init(SparkContext sparkContext, PluginContext plugin) {
      context = sparkContext;
      board.forgetAll();
      return Map.of();
    }

    @Override
    public void registerMetrics(String appId, PluginContext plugin) {
      MetricsPlugin.register(board, plugin.metricRegistry());
      if (plugin.conf().getBoolean("spark.eventLog.enabled", false)) {
        var unused =
            timer.scheduleAtFixedRate(
                () -> log(plugin.metricRegistry()), LOG_SECONDS, LOG_SECONDS, TimeUnit.SECONDS);
      }
    }

    private void log(MetricRegistry registry) {
      if (!board.engines().isEmpty()) {
        context.listenerBus().post(new GaugesEvent(System.currentTimeMillis(), values(registry)));
      }
    }

    @Override
    public void shutdown() {
      timer.shutdownNow();
    }

    @Override
    public Object receive(Object message) {
      if (message instanceof ExecutorStatus status) {
        board.hear(status);
      }
      return null;
    }
  }
}
