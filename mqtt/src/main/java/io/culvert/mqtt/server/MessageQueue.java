package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** QoS 1 and 2 messages that wait for one session, bounded in number and bytes. */
final class MessageQueue {
  private final Limits limits;
  private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
  private long bytes;
  private boolean full;

  MessageQueue(Limits limits) {
    this.limits = limits;
  }

  /** Adds a message at the end; false when there is no room for it. */
  boolean offer(Delivery delivery) {
    int more = delivery.message().heldBytes();
    if (!hasRoomFor(more)) {
      return false;
    }
    deliveries.add(delivery);
    bytes += more;
    return true;
  }

  /** Takes out the oldest message; there is one. */
  Delivery remove() {
    Delivery delivery = deliveries.remove();
    bytes -= delivery.message().heldBytes();
    return delivery;
  }

  /** Removes what has expired at the front, where the oldest are; gives their number. */
  int removeExpired(long nowMillis) {
    int removed = 0;
    for (Delivery first = deliveries.peek();
        first != null && first.message().isExpired(nowMillis);
        first = deliveries.peek()) {
      remove();
      removed++;
    }
    return removed;
  }

  void forEach(Consumer<Delivery> action) {
    deliveries.forEach(action);
  }

  int size() {
    return deliveries.size();
  }

  /**
   * Whether a message of so many bytes should wait here where it could as well wait elsewhere. Once
   * one should not, none should before the queue {@link #hasDrained}.
   */
  boolean isOpenFor(int more) {
    full = !hasRoomFor(more) || (full && !hasDrained());
    return !full;
  }

  /** More than half full: time to slow down those who fill it. */
  boolean isCrowded() {
    return deliveries.size() > limits.queueMessages() / 2 || bytes > limits.queueBytes() / 2;
  }

  /** At most a quarter full: whoever was slowed down may go on. */
  boolean hasDrained() {
    return deliveries.size() <= limits.queueMessages() / 4 && bytes <= limits.queueBytes() / 4;
  }

  private boolean hasRoomFor(int more) {
    return deliveries.size() < limits.queueMessages() && bytes + more <= limits.queueBytes();
  }
}
