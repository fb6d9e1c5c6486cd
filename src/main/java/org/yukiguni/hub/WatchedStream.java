package org.yukiguni.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.yukiguni.hub.Retry.TransientException;

/**
 * A body that fails when it gives nothing for a while. The JDK's client has a limit for the time to
 * the headers and none for the time between two reads, so a dead connection would wait for ever.
 */
final class WatchedStream extends FilterInputStream {
  private final Duration silence;
  private volatile boolean isSilent;

  WatchedStream(InputStream body, Duration silence) {
    super(body);
    this.silence = silence;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    CompletableFuture<Void> alarm = new CompletableFuture<>();
    var unused =
        alarm
            .completeOnTimeout(null, silence.toMillis(), TimeUnit.MILLISECONDS)
            .thenRun(this::giveUp);
    try {
      return in.read(bytes, offset, length);
    } catch (IOException e) {
      throw isSilent
          ? new TransientException(
              "the connection has given nothing for " + silence.toSeconds() + " s")
          : e;
    } finally {
      alarm.cancel(false);
    }
  }

  /** Closing wakes up who reads. */
  private void giveUp() {
    isSilent = true;
    try {
      in.close();
    } catch (IOException e) {
      // The reader is told what matters.
    }
  }
}
