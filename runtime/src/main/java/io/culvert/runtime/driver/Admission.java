package io.culvert.runtime.driver;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections a listener may have, in all its shards together. Used by all of them. */
final class Admission {
  private final int limit;
  private final AtomicInteger taken = new AtomicInteger();
  private volatile boolean closed;

  Admission(int limit) {
    this.limit = limit;
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
}
