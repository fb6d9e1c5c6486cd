package org.yukiguni.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SharedTest {
  private final List<String> events = new ArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();

  private AutoCloseable dead;

  /** A value that notes what happens to it; keys with another first letter are another model. */
  private final Shared<String, AutoCloseable> shared =
      new Shared<>(
          (wanted, idle) -> wanted.charAt(0) != idle.charAt(0),
          value -> value == this.dead,
          this::open);

  private AutoCloseable open(String key) {
    note("open " + key);
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IllegalStateException("no memory");
    }
    return () -> note("close " + key);
  }

  private void note(String event) {
    synchronized (events) {
      events.add(event);
    }
  }

  @Test
  void aDeadValueIsReplacedEvenWhileItIsUsed() {
    AutoCloseable third;
    try (var first = shared.lease("a");
        var second = shared.lease("a")) {
      assertThat(second.value()).isSameAs(first.value());
      dead = first.value();
      try (var replaced = shared.lease("a")) {
        third = replaced.value();
      }
      assertThat(third).isNotSameAs(dead);
    }
    try (var fourth = shared.lease("a")) {
      assertThat(fourth.value()).isSameAs(third);
    }
    assertThat(events).containsExactly("open a", "close a", "open a");
  }

  @Test
  void staysOpenForTheNextTask() {
    AutoCloseable first;
    try (var lease = shared.lease("a0")) {
      first = lease.value();
    }
    try (var lease = shared.lease("a0")) {
      assertThat(lease.value()).isSameAs(first);
    }
    assertThat(events).containsExactly("open a0");
  }

  @Test
  void tasksThatComeAtOnceOpenOnce() throws Exception {
    var threads = Executors.newFixedThreadPool(8);
    CountDownLatch together = new CountDownLatch(8);
    Callable<AutoCloseable> task =
        () -> {
          together.countDown();
          together.await();
          try (var lease = shared.lease("a0")) {
            return lease.value();
          }
        };
    List<AutoCloseable> values = new ArrayList<>();
    for (Future<AutoCloseable> value : threads.invokeAll(Collections.nCopies(8, task))) {
      values.add(value.get());
    }
    threads.shutdown();
    assertThat(events).containsExactly("open a0");
    assertThat(values).allSatisfy(value -> assertThat(value).isSameAs(values.get(0)));
  }

  @Test
  void anIdleModelMakesRoomForAnother() {
    shared.lease("a0").close();
    shared.lease("a1").close();
    shared.lease("b0").close();
    assertThat(events.subList(0, 2)).containsExactly("open a0", "open a1");
    assertThat(events.subList(2, 4)).containsExactlyInAnyOrder("close a0", "close a1");
    assertThat(events.get(4)).isEqualTo("open b0");
  }

  @Test
  void aModelInUseIsNotClosedForAnother() {
    try (var a = shared.lease("a0");
        var b = shared.lease("b0")) {
      assertThat(events).containsExactly("open a0", "open b0");
      assertThat(a.value()).isNotSameAs(b.value());
    }
  }

  @Test
  void aFailedOpeningIsTriedAgain() {
    failures.set(1);
    assertThatThrownBy(() -> shared.lease("a0")).hasMessage("no memory");
    try (var lease = shared.lease("a0")) {
      assertThat(lease.value()).isNotNull();
    }
    assertThat(events).containsExactly("open a0", "open a0");
  }

  @Test
  void closingALeaseTwiceGivesBackOneShare() {
    var first = shared.lease("a0");
    try (var second = shared.lease("a0")) {
      first.close();
      first.close();
      shared.lease("b0").close();
      assertThat(events).doesNotContain("close a0");
      assertThat(second.value()).isNotNull();
    }
    shared.closeAll();
    assertThat(events).contains("close a0", "close b0");
  }
}
