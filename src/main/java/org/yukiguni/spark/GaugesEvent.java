package org.yukiguni.spark;

import java.util.Map;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * The driver's gauges at one moment, as a line of Spark's event log. Spark writes an event of any
 * class there as JSON, and a history server that does not know the class passes over it; plugins
 * such as RAPIDS do the same.
 *
 * @param timestamp milliseconds since 1970
 * @param gauges values by the names of {@link MetricsPlugin}
 */
public record GaugesEvent(long timestamp, Map<String, Number> gauges)
    implements SparkListenerEvent {}
