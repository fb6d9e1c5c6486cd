package org.yukiguni.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yukiguni.job.InvalidJobException;

final class LeaseTest {
  private static final Lease.Times QUICK = new Lease.Times(100, 600);

  @TempDir java.nio.file.Path temporary;
  private FileSystem files;
  private Path folder;

  @BeforeEach
  void open() throws IOException {
    folder = new Path(temporary.toUri());
    files = folder.getFileSystem(new Configuration());
  }

  private Lease take(String holder) {
    return Lease.take(files, folder, holder, QUICK);
  }

  @Test
  void isGivenToOneAtATime() {
    try (Lease first = take("a")) {
      assertThatThrownBy(() -> take("b"))
          .isInstanceOf(InvalidJobException.class)
          .hasMessageMatching("Cannot write to .* because another driver does: a, since 20.*Z; .*");
      assertThat(first.lost()).isEmpty();
    }
    take("b").close();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aDeadHolderIsWaitedForAndForgotten() throws IOException {
    Files.writeString(temporary.resolve(Lease.PREFIX + "dead"), "x, since yesterday");
    long start = System.nanoTime();
    take("b").close();
    assertThat((System.nanoTime() - start) / 1_000_000).isBetween(500L, 20_000L);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aHolderThatWasTakenForDeadLearnsIt() throws Exception {
    try (Lease lease = take("a")) {
      try (var all = Files.list(temporary)) {
        for (java.nio.file.Path file : all.toList()) {
          Files.delete(file);
        }
      }
      for (int i = 0; i < 200 && lease.lost().isEmpty(); i++) {
        Thread.sleep(20);
      }
      assertThat(lease.lost()).isPresent();
    }
  }

  /** Of many that ask at the same moment at most one gets it. */
  @Test
  void aRaceHasNoTwoWinners() throws Exception {
    int drivers = 6;
    ExecutorService threads = Executors.newFixedThreadPool(drivers);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Lease>> asked = new ArrayList<>();
    for (int i = 0; i < drivers; i++) {
      String name = "driver" + i;
      asked.add(
          threads.submit(
              () -> {
                start.await();
                return take(name);
              }));
    }
    start.countDown();
    List<Lease> given = new ArrayList<>();
    for (Future<Lease> future : asked) {
      try {
        given.add(future.get());
      } catch (java.util.concurrent.ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(InvalidJobException.class);
      }
    }
    threads.shutdown();
    assertThat(given).hasSizeLessThanOrEqualTo(1);
    given.forEach(Lease::close);
    take("afterwards").close();
  }
}
