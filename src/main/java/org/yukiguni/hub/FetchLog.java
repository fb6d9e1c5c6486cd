package org.yukiguni.hub;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Writes a log line every ten seconds while a model comes. */
public final class FetchLog implements FetchListener {
  private static final System.Logger LOG = System.getLogger(FetchLog.class.getName());
  private static final long NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final double MIB = 1 << 20;

  private final LongSupplier nanoTime;
  private final Map<String, Long> lastNanos = new ConcurrentHashMap<>();

  /** Writes to the log of this class. */
  public FetchLog() {
    this(System::nanoTime);
  }

  FetchLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public void fetched(String model, long bytes, long totalBytes) {
    long now = nanoTime.getAsLong();
    Long last = lastNanos.putIfAbsent(model, now);
    if (last != null && now - last >= NANOS && lastNanos.replace(model, last, now)) {
      LOG.log(
          Level.INFO,
          "model {0}: {1} of {2} MiB are here",
          model,
          "%,.0f".formatted(bytes / MIB),
          "%,.0f".formatted(totalBytes / MIB));
    }
  }

  @Override
  public void ended(String model) {
    lastNanos.remove(model);
  }
}
