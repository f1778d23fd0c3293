package io.culvert.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what no event tells, with a limit; how long it takes decides nothing. */
final class Until {
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Until() {}

  static void holds(BooleanSupplier condition) {
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - began > LIMIT_NANOS) {
        throw new AssertionError("it did not happen within the limit");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
