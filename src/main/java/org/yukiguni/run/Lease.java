package org.yukiguni.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.yukiguni.job.InvalidJobException;

/**
 * The right of one driver to write to an output folder: a file that it writes again every few
 * seconds. One that is no longer written again is dead and holds nothing.
 *
 * <p>Needs no atomic operation of the file system, only that a listing shows what was written
 * before: everybody first writes a file of his own and then looks for others, so of two drivers at
 * least one sees the other; if both do, both are refused. Ages are told by the times that the file
 * system gives to files, never by a driver's clock.
 */
final class Lease implements AutoCloseable {
  /** How the names of the files begin. */
  static final String PREFIX = "lease-";

  private static final System.Logger LOG = System.getLogger(Lease.class.getName());
  private static final int READS = 20;
  private static final long READ_AGAIN_MS = 10;

  private final FileSystem files;
  private final Path file;
  private final String text;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "lease");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean isLost;

  private Lease(FileSystem files, Path file, String text) {
    this.files = files;
    this.file = file;
    this.text = text;
  }

  /**
   * When things happen.
   *
   * @param renewMs from one writing of the file to the next
   * @param expireMs age at which the file of a driver that died stops to count
   */
  record Times(long renewMs, long expireMs) {
    static final Times USUAL = new Times(4_000, 20_000);
  }

  /**
   * Takes the lease. If there is the file of another driver, waits until it is clear whether that
   * one lives.
   *
   * @param folder of the leases
   * @throws InvalidJobException if it does
   */
  static Lease take(FileSystem files, Path folder, String holder, Times times) {
    String since = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Lease lease =
        new Lease(files, new Path(folder, PREFIX + UUID.randomUUID()), holder + ", since " + since);
    try {
      lease.write();
      var unused =
          lease.timer.scheduleWithFixedDelay(
              lease::renew, times.renewMs(), times.renewMs(), TimeUnit.MILLISECONDS);
      lease.refuseOthers(folder, times);
      return lease;
    } catch (IOException e) {
      lease.close();
      throw new UncheckedIOException("Cannot lock " + folder + " because " + e.getMessage(), e);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /** Why its holder must stop to write, or empty while it may go on. */
  Optional<String> lost() {
    return isLost
        ? Optional.of("another driver has taken the output folder, since this one was silent")
        : Optional.empty();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      timer.awaitTermination(1, TimeUnit.MINUTES);
      files.delete(file, false);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Cannot remove {0}, which expires by itself: {1}", file, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() throws IOException {
    try (var out = files.create(file, true)) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private void renew() {
    try {
      isLost |= !files.exists(file);
      if (!isLost) {
        write();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "Cannot renew {0}, trying again: {1}", file, e);
    }
  }

  private void refuseOthers(Path folder, Times times) throws IOException {
    for (FileStatus other : files.listStatus(folder)) {
      Path path = other.getPath();
      if (!path.getName().startsWith(PREFIX) || path.getName().equals(file.getName())) {
        continue;
      }
      if (isAlive(path, other.getModificationTime(), times)) {
        throw new InvalidJobException(
            "Cannot write to %s because another driver does: %s; wait for its end, or end it"
                .formatted(folder.getParent(), content(path)));
      }
      LOG.log(Level.INFO, "taking over from a driver that died: {0}", content(path));
      files.delete(path, false);
    }
  }

  /** Watches a file until it is written again, is gone, or has become too old. */
  private boolean isAlive(Path other, long seen, Times times) throws IOException {
    while (files.getFileStatus(file).getModificationTime() - seen < times.expireMs()) {
      try {
        Thread.sleep(times.renewMs() / 4);
        if (files.getFileStatus(other).getModificationTime() != seen) {
          return true;
        }
      } catch (FileNotFoundException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Cannot wait for another driver", e);
      }
    }
    return false;
  }

  /** Who wrote a file; its name if that cannot be read. */
  private String content(Path path) {
    // It may just be written again.
    for (int attempt = 0; attempt < READS; attempt++) {
      try (var in = files.open(path)) {
        String text = new String(in.readAllBytes(), UTF_8);
        if (!text.isEmpty()) {
          return text;
        }
        Thread.sleep(READ_AGAIN_MS);
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "cannot read {0}: {1}", path, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return path.getName();
  }
}
