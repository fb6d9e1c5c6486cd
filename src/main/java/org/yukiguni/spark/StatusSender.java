package org.yukiguni.spark;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.yukiguni.model.Gpu;

/** The part of {@link MetricsPlugin} that lives in an executor. */
final class StatusSender implements ExecutorPlugin {
  private static final System.Logger LOG = System.getLogger(StatusSender.class.getName());
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int SECONDS = 1;

  /** What Spark calls the executor of an application that has no other process. */
  private static final String DRIVER = "driver";

  /** Asking takes a process of its own. */
  private static final int GPU_SECONDS = 10;

  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "engine-status");
            thread.setDaemon(true);
            return thread;
          });

  private volatile List<Gpu> gpus = List.of();

  @Override
  public void init(PluginContext plugin, Map<String, String> extraConf) {
    // On one machine the driver is the executor, and has the same gauges already.
    if (!plugin.executorID().equals(DRIVER)) {
      EngineGauges.register(ExecutorEngines::statuses, plugin.metricRegistry());
    }
    var unused = timer.scheduleAtFixedRate(() -> send(plugin), SECONDS, SECONDS, TimeUnit.SECONDS);
    var unusedToo =
        timer.scheduleWithFixedDelay(this::askGpus, GPU_SECONDS, GPU_SECONDS, TimeUnit.SECONDS);
  }

  /** An executor without an engine on a GPU is not asked for its memory. */
  private void askGpus() {
    boolean isOnGpu =
        ExecutorEngines.statuses().stream().anyMatch(e -> e.device().contains("cuda"));
    gpus = isOnGpu ? Gpu.visible() : List.of();
  }

  private void send(PluginContext plugin) {
    ExecutorStatus status =
        new ExecutorStatus(
            plugin.executorID(),
            residentBytes(),
            gpus.stream().mapToLong(gpu -> gpu.totalBytes() - gpu.freeBytes()).sum(),
            gpus.stream().mapToLong(Gpu::totalBytes).sum(),
            ExecutorEngines.arrivals().fetches(),
            ExecutorEngines.statuses());
    try {
      plugin.send(status);
    } catch (IOException | RuntimeException e) {
      // For watching only: a driver that cannot be reached is noticed by Spark itself.
      LOG.log(Level.DEBUG, "cannot send the engines' status", e);
    }
  }

  /** Resident memory of this process as Linux counts it; 0 elsewhere. */
  static long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.TRACE, "no " + STATUS + " on this system", e);
    }
    return 0;
  }

  @Override
  public void shutdown() {
    timer.shutdownNow();
  }
}
