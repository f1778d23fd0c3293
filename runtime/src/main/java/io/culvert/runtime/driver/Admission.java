package io.culvert.runtime.driver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many connections a listener may have, and how many may come in a second, in all its shards
 * together. Used by all of them.
 */
final class Admission {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int limit;
  private final AtomicInteger taken = new AtomicInteger();
  private volatile boolean closed;

  /** What one connection uses up of a second; 0 where any number may come. */
  private final long intervalNanos;

  /** When the rate would be used up if no more came; ahead by a second, and by a batch. */
  private final AtomicLong usedUntilNanos = new AtomicLong(System.nanoTime());

  Admission(int limit) {
    this(limit, 0);
  }

  /**
   * @param perSecond how many may come in a second, and at once when none has come for one; 0 for
   *     any number
   */
  Admission(int limit, int perSecond) {
    this.limit = limit;
    this.intervalNanos = perSecond == 0 ? 0 : SECOND_NANOS / perSecond;
  }

  /** Takes a place, if there is one. Whoever has one gives it back exactly once. */
  boolean take() {
    if (closed) {
      return false;
    }
    if (taken.incrementAndGet() <= limit) {
      return true;
    }
    taken.decrementAndGet();
    return false;
  }

  void giveBack() {
    taken.decrementAndGet();
  }

  /** There are no places any more; those that were taken are kept. */
  void close() {
    closed = true;
  }

  /** One has come. */
  void count(long nowNanos) {
    if (intervalNanos > 0) {
      usedUntilNanos.accumulateAndGet(
          nowNanos, (used, now) -> (used - now < 0 ? now : used) + intervalNanos);
    }
  }

  /** How long until another one may come, in nanoseconds; 0 when one may come now. */
  long waitNanos(long nowNanos) {
    return intervalNanos == 0
        ? 0
        : Math.max(0, usedUntilNanos.get() - nowNanos + intervalNanos - SECOND_NANOS);
  }
}
