package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.HeldBytes;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * QoS 1 and 2 messages that wait for one session, bounded in number and bytes. Some of them may be
 * set apart: they count here, and are kept by somebody else. Those at the end may be paged out:
 * they count here, and are in the session's records only.
 */
final class MessageQueue {
  private final Limits limits;
  private final Counters counters;
  private final HeldBytes held;
  private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
  private long bytes;
  private int apart;
  private int paged;
  private long pagedBytes;
  private long keptBytes;
  private boolean full;

  /** What of a durable session is kept in memory: enough to send while the next page is read. */
  private static final int KEPT_MESSAGES = 512;

  private static final int KEPT_BYTES = 256 * 1024;

  MessageQueue(Limits limits, Counters counters, HeldBytes held) {
    this.limits = limits;
    this.counters = counters;
    this.held = held;
  }

  /** Adds a message at the end; false when there is no room for it. */
  boolean offer(Delivery delivery) {
    if (!hasRoomFor(1, delivery.message().heldBytes())) {
      return false;
    }
    hold(delivery);
    return true;
  }

  /** As above, one that had its room before. */
  void hold(Delivery delivery) {
    add(delivery);
    count(1, delivery.message().heldBytes());
  }

  private void add(Delivery delivery) {
    deliveries.add(delivery);
    keptBytes += delivery.message().heldBytes();
    held.keep(delivery);
  }

  /** Counts one that is kept elsewhere; false when there is no room for it. */
  boolean offerApart(Delivery delivery) {
    if (!hasRoomFor(1, delivery.message().heldBytes())) {
      return false;
    }
    holdApart(delivery);
    return true;
  }

  /** As above, one that had its room before it was stored. */
  void holdApart(Delivery delivery) {
    apart++;
    count(1, delivery.message().heldBytes());
    held.keep(delivery);
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
    keptBytes += delivery.message().heldBytes();
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
        keptBytes -= delivery.message().heldBytes();
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
    int bytesLess = delivery.message().heldBytes();
    keptBytes -= bytesLess;
    count(-1, -bytesLess);
    held.letGo(delivery);
    return delivery;
  }

  /** As {@link #remove}, the oldest that may go; null when none may. Others go to the end. */
  @Nullable Delivery poll(Predicate<Delivery> mayGo) {
    for (int left = deliveries.size(); left > 0; left--) {
      if (mayGo.test(deliveries.element())) {
        return remove();
      }
      deliveries.add(deliveries.remove());
    }
    return null;
  }

  // ---- paged out

  /** More wait in the session's records, of so many bytes. */
  void page(int messages, long pageBytes) {
    paged += messages;
    pagedBytes += pageBytes;
    count(messages, pageBytes);
  }

  /** One that waited in the records is gone, or waits elsewhere now. */
  void unpage(long itsBytes) {
    if (paged > 0) { // else the records are not what they were
      paged--;
      pagedBytes -= itsBytes;
      count(-1, -itsBytes);
    }
  }

  /** There are no more in the records, whatever was counted. */
  void unpageAll() {
    count(-paged, -pagedBytes);
    paged = 0;
    pagedBytes = 0;
  }

  /** One that has waited in the records, and was counted there, waits here. */
  void load(Delivery delivery) {
    int more = delivery.message().heldBytes();
    unpage(more);
    add(delivery);
    count(1, more);
  }

  /**
   * Forgets what waits here, because it is in the records as well.
   *
   * @return the number of the first one, or 0
   */
  long pageOut() {
    long first = 0;
    for (Delivery each = deliveries.poll(); each != null; each = deliveries.poll()) {
      first = first == 0 ? each.number() : first;
      held.letGo(each);
      paged++;
      pagedBytes += each.message().heldBytes();
    }
    keptBytes = 0;
    return first;
  }

  int paged() {
    return paged;
  }

  long pagedBytes() {
    return pagedBytes;
  }

  boolean hasPaged() {
    return paged > 0;
  }

  /** What comes next need not be in memory yet. */
  boolean isLong() {
    return paged > 0 || deliveries.size() >= KEPT_MESSAGES || keptBytes >= KEPT_BYTES;
  }

  /** The next page is worth having: what is in memory will soon be sent. */
  boolean wantsPage() {
    return paged > 0 && deliveries.size() <= KEPT_MESSAGES / 2 && keptBytes <= KEPT_BYTES / 2;
  }

  /** All that counts here is kept by somebody else. */
  boolean isAllApart() {
    return deliveries.isEmpty() && paged == 0;
  }

  /** None that is here can be taken out now. */
  boolean isEmptyHere() {
    return deliveries.isEmpty();
  }

  /** Nobody takes what is left here; none is set apart. */
  void clear() {
    while (!deliveries.isEmpty()) {
      remove();
    }
    unpageAll();
  }

  /** Removes what has expired at the front, where the oldest are; gives their number. */
  int removeExpired(long nowMillis, Consumer<Delivery> gone) {
    int removed = 0;
    for (Delivery first = deliveries.peek();
        first != null && first.message().isExpired(nowMillis);
        first = deliveries.peek()) {
      gone.accept(remove());
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
    return deliveries.size() + apart + paged;
  }

  /**
   * Whether so many messages should wait here where they could as well wait elsewhere. Once they
   * should not, none should before the queue {@link #hasDrained}.
   */
  boolean isOpenFor(int messages, long more) {
    full = !hasRoomFor(messages, more) || (full && !hasDrained());
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

  boolean hasRoomFor(int messages, long more) {
    return size() + messages <= limits.queueMessages() && bytes + more <= limits.queueBytes();
  }
}
