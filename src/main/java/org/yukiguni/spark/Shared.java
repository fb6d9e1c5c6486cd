package org.yukiguni.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Values that are costly to open, shared by all who ask with an equal key: the first one opens,
 * those who come meanwhile wait for it, and an opened value stays open while nobody uses it, until
 * a key comes that wants its place. A failed opening is not remembered: the next one tries again.
 */
final class Shared<K, V extends AutoCloseable> {
  private final BiPredicate<K, K> takesPlaceOf;
  private final Predicate<V> isDead;
  private final Function<K, V> opener;
  private final Map<K, Slot> slots = new HashMap<>();

  /**
   * Makes an empty holder.
   *
   * @param takesPlaceOf whether the first key's value must not be opened before the second key's
   *     idle value is closed
   * @param isDead whether a value is of no more use; it is replaced when it is asked for next
   * @param opener called by one thread at a time for each key
   */
  Shared(BiPredicate<K, K> takesPlaceOf, Predicate<V> isDead, Function<K, V> opener) {
    this.takesPlaceOf = takesPlaceOf;
    this.isDead = isDead;
    this.opener = opener;
  }

  /** The value of a key, opened if need be; give it back by closing the lease. */
  Lease lease(K key) {
    List<Slot> unwanted = new ArrayList<>();
    Slot slot;
    synchronized (this) {
      slots
          .entrySet()
          .removeIf(
              entry ->
                  (entry.getValue().isDead()
                          || (entry.getValue().users == 0
                              && takesPlaceOf.test(key, entry.getKey())))
                      && unwanted.add(entry.getValue()));
      slot = slots.computeIfAbsent(key, Slot::new);
      slot.users++;
    }
    try {
      for (Slot other : unwanted) {
        other.close();
      }
      return new Lease(slot, slot.open());
    } catch (RuntimeException | Error e) {
      release(slot);
      throw e;
    }
  }

  /**
   * A place at some moment.
   *
   * @param value null while it opens
   * @param openingMs how long it has been opening, or took to open, in milliseconds
   */
  record State<K, V>(K key, V value, long openingMs) {}

  /** All places that are open or opening; for watching only. */
  synchronized List<State<K, V>> states() {
    return slots.values().stream().filter(slot -> slot.openingSince != 0).map(Slot::state).toList();
  }

  /** Closes everything, used or not. */
  void closeAll() {
    List<Slot> all;
    synchronized (this) {
      all = List.copyOf(slots.values());
      slots.clear();
    }
    all.forEach(Slot::close);
  }

  private synchronized void release(Slot slot) {
    slot.users--;
    if (slot.users == 0 && !slot.isOpen()) {
      slots.remove(slot.key, slot);
    }
  }

  /** A share in a value. */
  final class Lease implements AutoCloseable {
    private final Slot slot;
    private final V value;
    private boolean isClosed;

    private Lease(Slot slot, V value) {
      this.slot = slot;
      this.value = value;
    }

    V value() {
      return value;
    }

    /** Gives the share back; the value stays open for the next one. */
    @Override
    public synchronized void close() {
      if (!isClosed) {
        isClosed = true;
        release(slot);
      }
    }
  }

  /** One key's place: its count is guarded by the holder, its value by itself while it opens. */
  private final class Slot {
    private final K key;
    private int users;
    private volatile V value;
    private volatile long openingSince;
    private volatile long openedAt;

    private Slot(K key) {
      this.key = Objects.requireNonNull(key);
    }

    private State<K, V> state() {
      V open = value;
      long until = open == null ? System.nanoTime() : openedAt;
      return new State<>(key, open, (until - openingSince) / 1_000_000);
    }

    private boolean isOpen() {
      return value != null;
    }

    private boolean isDead() {
      V open = value;
      return open != null && isDead.test(open);
    }

    private synchronized V open() {
      if (value == null) {
        openingSince = System.nanoTime();
        V opened = opener.apply(key);
        openedAt = System.nanoTime();
        value = opened;
      }
      return value;
    }

    private synchronized void close() {
      V open = value;
      value = null;
      if (open != null) {
        try {
          open.close();
        } catch (Exception e) {
          throw new IllegalStateException("Cannot close " + key + ": " + e.getMessage(), e);
        }
      }
    }
  }
}
