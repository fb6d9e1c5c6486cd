package org.yukiguni.spark;

import com.codahale.metrics.MetricRegistry;
import java.util.List;

/** The gauges of the driver's plugin, as Spark's Prometheus endpoint names them. */
public final class MetricNames {
  private MetricNames() {}

  public static List<String> inPrometheus(String namespace) {
    MetricRegistry registry = new MetricRegistry();
    MetricsPlugin.register(new LiveBoard(System::nanoTime), registry);
    return registry.getNames().stream()
        .map(
            name ->
                "metrics_%s_driver_plugin_%s_%s_Value"
                    .formatted(
                        namespace,
                        MetricsPlugin.class.getName().replace('.', '_'),
                        name.replace('.', '_')))
        .toList();
  }
}
