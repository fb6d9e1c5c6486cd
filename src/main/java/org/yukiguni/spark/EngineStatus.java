package org.yukiguni.spark;

import java.io.Serializable;
import org.yukiguni.engine.EngineLimits;
import org.yukiguni.engine.EngineStats;

/**
 * What an engine of an executor is doing, as its executor tells the driver every second. Counts are
 * since the engine's start.
 *
 * @param device cpu or cuda:N
 * @param isLoading whether its model is being loaded; the numbers are 0 then
 * @param loadMs time it took, or has taken so far, to load the model, in milliseconds
 * @param layersLoaded that are on the device; 0 once all are
 * @param layers of the model that is being loaded; 0 as long as nobody knows
 * @param running sequences decoding now
 * @param waiting requests not started
 * @param kvShare share of the KV memory in use, 0 to 1
 * @param kvBytes of keys and values in use
 * @param steps steps run
 * @param busyMs time spent in them, in milliseconds
 * @param promptTokens prompt tokens computed
 * @param newTokens tokens drawn
 */
public record EngineStatus(
    String device,
    boolean isLoading,
    long loadMs,
    int layersLoaded,
    int layers,
    int running,
    int waiting,
    double kvShare,
    long kvBytes,
    long steps,
    double busyMs,
    long promptTokens,
    long newTokens)
    implements Serializable {

  static EngineStatus loading(String device, long loadMs, Arrivals.Layers layers) {
    return new EngineStatus(
        device, true, loadMs, layers.loaded(), layers.total(), 0, 0, 0, 0, 0, 0, 0, 0);
  }

  static EngineStatus of(String device, long loadMs, OpenEngine open) {
    EngineStats stats = open.engine().stats();
    EngineLimits limits = open.limits();
    long kvBytes = stats.kvTokens() * open.engine().modelLimits().kvBytesPerToken();
    return new EngineStatus(
        device,
        false,
        loadMs,
        0,
        0,
        stats.running(),
        stats.waiting(),
        Math.min(1, (double) kvBytes / limits.kvBytes()),
        kvBytes,
        stats.steps(),
        stats.busyNanos() / 1e6,
        stats.promptTokens(),
        stats.newTokens());
  }
}
