package io.culvert.store;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the thread of the store, in one order for all threads that submit. It refuses
 * nothing: who submits has bounds of its own. The thread is woken only while it sleeps.
 */
final class OperationQueue {
  private final AtomicReference<@Nullable Operation> newest = new AtomicReference<>();
  private volatile @Nullable Thread sleeper;

  /** Any thread. */
  void add(Operation operation) {
    Operation before;
    do {
      before = newest.get();
      operation.before = before;
    } while (!newest.compareAndSet(before, operation));
    Thread thread = sleeper;
    if (before == null && thread != null) {
      LockSupport.unpark(thread);
    }
  }

  boolean isEmpty() {
    return newest.get() == null;
  }

  /** The thread of the store: moves all that waits to the end of {@code target}. */
  void drainTo(ArrayDeque<Operation> target) {
    Operation reversed = null;
    Operation next = newest.getAndSet(null);
    while (next != null) {
      Operation older = next.before;
      next.before = reversed;
      reversed = next;
      next = older;
    }
    while (reversed != null) {
      Operation newer = reversed.before;
      reversed.before = null;
      target.add(reversed);
      reversed = newer;
    }
  }

  /** The thread of the store: sleeps until something comes, the time is over, or it is unparked. */
  void sleep(long nanos) {
    sleeper = Thread.currentThread();
    if (isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
  }
}
