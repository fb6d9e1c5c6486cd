package org.yukiguni.train;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system under another scheme, as it looks to a process that is killed: after a
 * number of changes nothing changes any more, and the file that was begun last stays empty.
 */
public final class DyingFileSystem extends RawLocalFileSystem {
  static final String SCHEME = "dying";

  private static final AtomicInteger CHANGES = new AtomicInteger();
  private static volatile int last = Integer.MAX_VALUE;

  /** Begins to count, and lets so many changes happen. */
  static void dieAfter(int changes) {
    CHANGES.set(0);
    last = changes;
  }

  /** Changes since {@link #dieAfter}. */
  static int changes() {
    return CHANGES.get();
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (CHANGES.get() == last) {
      super.create(file, overwrite, bufferSize, replication, blockSize, progress).close();
    }
    change();
    return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return create(file, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public boolean mkdirs(Path folder) throws IOException {
    change();
    return super.mkdirs(folder);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path file, boolean recursive) throws IOException {
    change();
    return super.delete(file, recursive);
  }

  private static void change() throws IOException {
    if (CHANGES.getAndIncrement() >= last) {
      throw new IOException("killed");
    }
  }
}
