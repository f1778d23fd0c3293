package io.culvert.launcher.client;

import io.culvert.client.ReceivedMessage;
import io.culvert.client.Subscription;
import io.culvert.mqtt.wire.QoS;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way from event loop to the thread that prints them. When many wait, the
 * subscriptions pause: the server keeps those of QoS 1 and 2, and of QoS 0 the client keeps what it
 * has room for.
 */
public final class Arrivals {
  private static final int MANY = 4096;
  private static final int FEW = 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ReceivedMessage> waiting = new ArrayDeque<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private boolean isPaused;
  private boolean isEnded;
  private long droppedUnasked;

  /** On the event loop. */
  public void arrived(ReceivedMessage message) {
    lock.lock();
    try {
      waiting.add(message);
      if (waiting.size() >= MANY && !isPaused) {
        isPaused = true;
        subscriptions.forEach(Subscription::pause);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * On the event loop: of a subscription that an earlier process has left in the session. It cannot
   * pause, but the server sends no more of QoS 1 and 2 than its window holds.
   */
  public void arrivedUnasked(ReceivedMessage message) {
    lock.lock();
    try {
      if (waiting.size() >= MANY && message.qos() == QoS.AT_MOST_ONCE) {
        droppedUnasked++;
        return;
      }
      waiting.add(message);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** This one pauses, too. */
  public void from(Subscription subscription) {
    lock.lock();
    try {
      subscriptions.add(subscription);
      if (isPaused) {
        subscription.pause();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nobody wants more. */
  public void end() {
    lock.lock();
    try {
      isEnded = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  public boolean isEnded() {
    lock.lock();
    try {
      return isEnded;
    } finally {
      lock.unlock();
    }
  }

  /** The next one; null when nobody wants more, or none has come in that time. */
  public @Nullable ReceivedMessage next(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (waiting.isEmpty() && !isEnded && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (isEnded || left <= 0) {
        return null;
      }
      ReceivedMessage next = waiting.poll();
      if (isPaused && waiting.size() <= FEW) {
        isPaused = false;
        subscriptions.forEach(Subscription::resume);
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** How many the client has dropped because they came faster than they were taken. */
  public long dropped() throws InterruptedException {
    List<Subscription> all;
    long sum;
    lock.lock();
    try {
      all = List.copyOf(subscriptions);
      sum = droppedUnasked;
    } finally {
      lock.unlock();
    }
    for (Subscription each : all) {
      try {
        sum += each.dropped().toCompletionStage().toCompletableFuture().get(1, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        return sum; // the client is gone: nobody can tell
      }
    }
    return sum;
  }
}
