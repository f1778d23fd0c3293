package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.HeldBytes;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * QoS 1 and 2 messages that wait for one session, bounded in number and bytes. Some of them may be
 * set apart: they count here, and are kept by somebody else.
 */
final class MessageQueue {
  private final Limits limits;
  private final Counters counters;
  private final HeldBytes held;
  private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
  private long bytes;
  private int apart;
  private boolean full;

  MessageQueue(Limits limits, Counters counters, HeldBytes held) {
    this.limits = limits;
    this.counters = counters;
    this.held = held;
  }

  /** Adds a message at the end; false when there is no room for it. */
  boolean offer(Delivery delivery) {
    int more = delivery.message().heldBytes();
    if (!hasRoomFor(more)) {
      return false;
    }
    deliveries.add(delivery);
    count(1, more);
    held.keep(delivery);
    return true;
  }

  /** Counts one that is kept elsewhere; false when there is no room for it. */
  boolean offerApart(Delivery delivery) {
    int more = delivery.message().heldBytes();
    if (!hasRoomFor(more)) {
      return false;
    }
    apart++;
    count(1, more);
    held.keep(delivery);
    return true;
  }

  /** One that was set apart is gone. */
  void removeApart(Delivery delivery) {
    apart--;
    count(-1, -delivery.message().heldBytes());
    held.letGo(delivery);
  }

  /** One that was set apart waits here again, behind the others. */
  void rejoin(Delivery delivery) {
    apart--;
    deliveries.add(delivery);
  }

  /**
   * Gives away, in their order, those that came through a shared subscription; they count here
   * until {@link #removeApart}.
   *
   * @param only this shared subscription, or null for all
   */
  void setApart(@Nullable TopicFilter only, BiConsumer<TopicFilter, Delivery> keeper) {
    for (int left = deliveries.size(); left > 0; left--) {
      Delivery delivery = deliveries.remove();
      TopicFilter filter = delivery.sharedFilter();
      if (filter != null && (only == null || filter.equals(only))) {
        apart++;
        keeper.accept(filter, delivery);
      } else {
        deliveries.add(delivery);
      }
    }
  }

  /** Whether one of those that are kept here came through a shared subscription. */
  boolean holdsShared() {
    return deliveries.stream().anyMatch(delivery -> delivery.sharedFilter() != null);
  }

  /** Takes out the oldest message; there is one. */
  Delivery remove() {
    Delivery delivery = deliveries.remove();
    count(-1, -delivery.message().heldBytes());
    held.letGo(delivery);
    return delivery;
  }

  /** Nobody takes what is left here; none is set apart. */
  void clear() {
    while (!deliveries.isEmpty()) {
      remove();
    }
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

  long bytes() {
    return bytes;
  }

  int size() {
    return deliveries.size() + apart;
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
    return size() > limits.queueMessages() / 2 || bytes > limits.queueBytes() / 2;
  }

  /** At most a quarter full: whoever was slowed down may go on. */
  boolean hasDrained() {
    return size() <= limits.queueMessages() / 4 && bytes <= limits.queueBytes() / 4;
  }

  private void count(int messages, long more) {
    bytes += more;
    counters.queued(messages, more);
  }

  private boolean hasRoomFor(int more) {
    return size() < limits.queueMessages() && bytes + more <= limits.queueBytes();
  }
}
