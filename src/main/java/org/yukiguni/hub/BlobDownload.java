package org.yukiguni.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import org.yukiguni.hub.HubClient.RemoteFile;
import org.yukiguni.hub.Retry.TransientException;

/**
 * One file's way into the cache. What has come so far lies in {@code BLOB.incomplete} and is gone
 * on with, also by a later process; only whole and checked contents get the blob's name.
 */
final class BlobDownload {
  private static final int BUFFER_BYTES = 1 << 16;

  private final HubClient client;
  private final RemoteFile file;
  private final Path blob;
  private final Path incomplete;
  private final FetchProgress progress;

  BlobDownload(HubClient client, RemoteFile file, Path blob, FetchProgress progress) {
    this.client = client;
    this.file = file;
    this.blob = blob;
    this.incomplete = blob.resolveSibling(blob.getFileName() + ".incomplete");
    this.progress = progress;
  }

  /**
   * Tries until the blob is there.
   *
   * @throws HubException if one attempt after the other brings not a byte
   */
  void run(Retry retry) throws IOException {
    Files.createDirectories(blob.getParent());
    progress.add(bytesSoFar());
    while (!Files.exists(blob)) {
      long before = bytesSoFar();
      try {
        retry.call(
            "fetch %s of model %s".formatted(file.name(), file.model()),
            () -> {
              attempt();
              return null;
            });
      } catch (HubException e) {
        if (bytesSoFar() <= before || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  private void attempt() throws IOException, InterruptedException {
    if (bytesSoFar() > file.size()) {
      startAnew();
    }
    Optional<MessageDigest> check = file.etag().check(file.size());
    if (bytesSoFar() < file.size() || file.size() == 0) {
      fetch(check);
    } else {
      addFile(check);
    }
    if (bytesSoFar() < file.size()) {
      throw new TransientException(
          "the connection ended after %d of %d bytes".formatted(bytesSoFar(), file.size()));
    }
    String found = check.map(Etag::of).orElse(file.etag().value());
    if (bytesSoFar() > file.size() || !found.equals(file.etag().value())) {
      String reason =
          "%d bytes came whose hash is %s instead of %d bytes with %s"
              .formatted(bytesSoFar(), found, file.size(), file.etag().value());
      startAnew();
      throw new TransientException(reason);
    }
    Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE);
  }

  private void fetch(Optional<MessageDigest> check) throws IOException, InterruptedException {
    try (HubClient.Body body = client.open(file, bytesSoFar())) {
      if (body.start() == 0) {
        startAnew();
      } else {
        addFile(check);
      }
      append(body.stream(), check);
    }
  }

  private void append(InputStream from, Optional<MessageDigest> check) throws IOException {
    try (OutputStream to =
        Files.newOutputStream(incomplete, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      // One byte too many is enough to see that the contents are others.
      long left = file.size() - bytesSoFar() + 1;
      for (int n;
          left > 0 && (n = from.read(buffer, 0, (int) Math.min(left, BUFFER_BYTES))) >= 0; ) {
        to.write(buffer, 0, n);
        add(check, buffer, n);
        progress.add(n);
        left -= n;
      }
    }
  }

  /** Feeds the check with what is there already. */
  private void addFile(Optional<MessageDigest> check) throws IOException {
    if (check.isPresent()) {
      try (InputStream there = Files.newInputStream(incomplete)) {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int n; (n = there.read(buffer)) >= 0; ) {
          add(check, buffer, n);
        }
      }
    }
  }

  private static void add(Optional<MessageDigest> check, byte[] buffer, int length) {
    check.ifPresent(digest -> digest.update(buffer, 0, length));
  }

  private void startAnew() throws IOException {
    progress.add(-bytesSoFar());
    Files.deleteIfExists(incomplete);
  }

  private long bytesSoFar() throws IOException {
    return Files.exists(incomplete) ? Files.size(incomplete) : 0;
  }
}
