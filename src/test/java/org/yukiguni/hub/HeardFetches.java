package org.yukiguni.hub;

import java.util.ArrayList;
import java.util.List;

/** Remembers what it was told. */
final class HeardFetches implements FetchListener {
  record Told(String model, long bytes, long totalBytes) {}

  private final List<Told> told = new ArrayList<>();
  private final List<String> ended = new ArrayList<>();

  @Override
  public synchronized void fetched(String model, long bytes, long totalBytes) {
    told.add(new Told(model, bytes, totalBytes));
  }

  @Override
  public synchronized void ended(String model) {
    ended.add(model);
  }

  synchronized List<Told> told() {
    return List.copyOf(told);
  }

  synchronized Told last() {
    return told.get(told.size() - 1);
  }

  synchronized List<String> ended() {
    return List.copyOf(ended);
  }
}
