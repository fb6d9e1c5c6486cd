package org.yukiguni.cli;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system under another scheme, with faults that a test switches on by files in the
 * folder that the system property or configuration key {@link #SWITCHES} names: {@code full} makes
 * every writing of a Parquet file fail as on a full disk, {@code stall} holds the writing of the
 * mark that ends a chunk's commit, and says so by a file {@code stalled}.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
  static final String SCHEME = "faulty";
  static final String SWITCHES = "fs.faulty.switches";

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
    act(file);
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
    act(file);
    return super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  private void act(Path file) throws IOException {
    File switches = new File(getConf().get(SWITCHES));
    if (file.getName().endsWith(".parquet") && new File(switches, "full").exists()) {
      throw new IOException("No space left on device");
    }
    if (file.getName().equals("_SUCCESS") && new File(switches, "stall").exists()) {
      boolean unused = new File(switches, "stalled").createNewFile();
      try {
        Thread.sleep(120_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
