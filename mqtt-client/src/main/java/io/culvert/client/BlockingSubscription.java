package io.culvert.client;

import io.culvert.mqtt.wire.QoS;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose messages a thread takes one by one. Several threads may share it: each
 * message goes to one of them.
 *
 * <p>Unless the acknowledgement is manual, a message is acknowledged when the thread that has taken
 * it asks for the next one or has ended, or when the subscription is closed.
 */
public final class BlockingSubscription implements AutoCloseable, Iterable<ReceivedMessage> {
  /** How many messages are fetched ahead: enough that no message waits for a thread switch. */
  private static final int AHEAD = 64;

  /** How often a thread that waits looks for others that have ended with a message in hand. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Subscription subscription;
  private final Duration timeout;
  private final Line line;

  private BlockingSubscription(Subscription subscription, Duration timeout, Line line) {
    this.subscription = subscription;
    this.timeout = timeout;
    this.line = line;
  }

  public String filter() {
    return subscription.filter();
  }

  public QoS grantedQos() {
    return subscription.grantedQos();
  }

  /**
   * The next message; waits for it as long as the subscription is open.
   *
   * @throws MqttClientException with {@link MqttClientFailure#CLOSED} when there are no more
   */
  public ReceivedMessage next() {
    while (true) {
      ReceivedMessage message = next(Duration.ofDays(1));
      if (message != null) {
        return message;
      }
    }
  }

  /**
   * The next message, or null when none has come in time.
   *
   * @throws MqttClientException with {@link MqttClientFailure#CLOSED} when there are no more
   */
  public @Nullable ReceivedMessage next(Duration patience) {
    Waiting.refuseEventLoop("Subscription.handler()");
    line.acknowledgeTaken();
    try {
      long start = System.nanoTime();
      Object next = line.poll(patience.toNanos());
      while (next instanceof ReceivedMessage stale && HandingOut.comesAgain(stale)) {
        Subscription unused = subscription.fetch(1); // in its place
        next = line.poll(Math.max(0, patience.toNanos() - (System.nanoTime() - start)));
      }
      if (next == null) {
        return null;
      }
      if (!(next instanceof ReceivedMessage message)) {
        line.messages.add(next); // for the other threads
        throw MqttClientException.of(
            MqttClientFailure.CLOSED, "the subscription to " + filter() + " has ended");
      }
      line.taken(message);
      Subscription unused = subscription.fetch(1);
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MqttClientException.of(
          MqttClientFailure.TIMEOUT, "the thread was interrupted while it waited", e);
    }
  }

  /** Ends when the subscription ends. */
  @Override
  public Iterator<ReceivedMessage> iterator() {
    return new Iterator<>() {
      private @Nullable ReceivedMessage ahead;

      @Override
      public boolean hasNext() {
        try {
          if (ahead == null) {
            ahead = BlockingSubscription.this.next();
          }
          return true;
        } catch (MqttClientException ended) {
          if (ended.failure() == MqttClientFailure.CLOSED) {
            return false;
          }
          throw ended;
        }
      }

      @Override
      public ReceivedMessage next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the subscription to " + filter() + " has ended");
        }
        ReceivedMessage message = ahead;
        ahead = null;
        if (message == null) {
          throw new NoSuchElementException();
        }
        return message;
      }
    };
  }

  /**
   * Unsubscribes when it is the last one of its filter. Other threads that wait are told at once,
   * also where the server does not answer and this throws.
   */
  @Override
  public void close() {
    Waiting.refuseEventLoop("Subscription.close()");
    line.close();
    Void unused = Waiting.await(subscription::close, timeout, "Subscription.close()");
  }

  /** Messages between the event loop and the threads. */
  static final class Line {
    private static final Object END = new Object();

    final BlockingQueue<Object> messages =
        new LinkedBlockingQueue<>(); // bounded by what is fetched
    private final Map<Thread, ReceivedMessage> inHand = new ConcurrentHashMap<>();
    private final boolean acknowledges;
    private volatile boolean closed;

    Line(boolean acknowledges) {
      this.acknowledges = acknowledges;
    }

    BlockingSubscription open(Subscription subscription, Duration timeout) {
      Subscription unused =
          subscription
              .pause()
              .endHandler(ignored -> messages.add(END))
              .handler(this::arrived)
              .fetch(AHEAD);
      return new BlockingSubscription(subscription, timeout, this);
    }

    private void arrived(ReceivedMessage message) {
      messages.add(message);
      if (closed) {
        throwAway();
      }
    }

    void taken(ReceivedMessage message) {
      if (acknowledges) {
        inHand.put(Thread.currentThread(), message);
      }
    }

    void acknowledgeTaken() {
      ReceivedMessage own = inHand.remove(Thread.currentThread());
      if (own != null) {
        own.acknowledge();
      }
      acknowledgeEnded();
    }

    /** A thread may take one message and end, as virtual ones do: nobody else knows of that one. */
    private void acknowledgeEnded() {
      inHand.forEach(
          (thread, message) -> {
            if (!thread.isAlive() && inHand.remove(thread, message)) {
              message.acknowledge();
            }
          });
    }

    /** The next message, or the end; null when none has come in time. */
    @Nullable Object poll(long nanos) throws InterruptedException {
      long start = System.nanoTime();
      while (true) {
        long left = nanos - (System.nanoTime() - start);
        Object next = messages.poll(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS);
        if (next != null || left <= LOOK_NANOS) {
          return next;
        }
        acknowledgeEnded();
      }
    }

    void close() {
      closed = true;
      inHand.values().forEach(ReceivedMessage::acknowledge);
      inHand.clear();
      throwAway();
    }

    /** What nobody takes any more must not hold up other subscriptions. */
    private void throwAway() {
      for (Object next = messages.poll(); next != null; next = messages.poll()) {
        if (next instanceof ReceivedMessage message) {
          message.acknowledge();
        }
      }
      messages.add(END);
    }
  }
}
