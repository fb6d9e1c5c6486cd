package org.yukiguni.hub;

import java.util.concurrent.atomic.AtomicLong;

/** Adds up the bytes of a model's files, which come side by side, for a listener. */
final class FetchProgress implements AutoCloseable {
  private final String name;
  private final long totalBytes;
  private final FetchListener listener;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * Starts at 0.
   *
   * @param name of the model
   * @param totalBytes of all files
   */
  FetchProgress(String name, long totalBytes, FetchListener listener) {
    this.name = name;
    this.totalBytes = totalBytes;
    this.listener = listener;
    add(0);
  }

  /** Counts bytes that are there, or are there no more if negative. */
  void add(long more) {
    listener.fetched(name, bytes.addAndGet(more), totalBytes);
  }

  @Override
  public void close() {
    listener.ended(name);
  }
}
