package org.yukiguni.hub;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that one thread of one process on this host has at a time. It ends with the process,
 * however that ends.
 */
final class HostLock {
  private static final System.Logger LOG = System.getLogger(HostLock.class.getName());

  /** A lock on a file is the process's, and asking for it twice is an error; so one at a time. */
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private HostLock() {}

  /** What is done while others wait. */
  interface Action {
    void run() throws IOException;
  }

  /** Waits for the lock that a file stands for, and does something; the file is never deleted. */
  static void during(Path file, Action action) throws IOException {
    Files.createDirectories(file.getParent());
    IN_THIS_PROCESS.lock();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (channel.tryLock() == null) {
        LOG.log(Level.INFO, "waiting for another process of this host that holds {0}", file);
        channel.lock();
      }
      action.run();
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }
}
