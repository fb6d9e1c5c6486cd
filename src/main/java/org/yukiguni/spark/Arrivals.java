package org.yukiguni.spark;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.yukiguni.hub.FetchListener;

/**
 * What is on its way into a process: models that are fetched, layers that are loaded. For watching
 * only.
 */
final class Arrivals implements FetchListener {
  private final List<FetchListener> others;
  private final Map<String, Fetch> fetches = new ConcurrentHashMap<>();
  private final Map<String, Layers> layers = new ConcurrentHashMap<>();

  /**
   * Nothing is on its way yet.
   *
   * @param others are told of fetches too
   */
  Arrivals(FetchListener... others) {
    this.others = List.of(others);
  }

  /** How much of a model is on its device. */
  record Layers(int loaded, int total) {
    static final Layers UNKNOWN = new Layers(0, 0);
  }

  @Override
  public void fetched(String model, long bytes, long totalBytes) {
    fetches.put(model, new Fetch(model, bytes, totalBytes));
    others.forEach(other -> other.fetched(model, bytes, totalBytes));
  }

  @Override
  public void ended(String model) {
    fetches.remove(model);
    others.forEach(other -> other.ended(model));
  }

  /** A model begins to be loaded; what is given back is to be told of each layer. */
  Runnable loading(String device, int total) {
    layers.put(device, new Layers(0, total));
    return () -> layers.computeIfPresent(device, (key, now) -> new Layers(now.loaded() + 1, total));
  }

  List<Fetch> fetches() {
    return fetches.values().stream().sorted(Comparator.comparing(Fetch::model)).toList();
  }

  /** Of the model that is being loaded for a device, or was loaded last. */
  Layers layers(String device) {
    return layers.getOrDefault(device, Layers.UNKNOWN);
  }
}
