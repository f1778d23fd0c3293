package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.HeldBytes;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one shared subscription has given to one session that cannot send it now: first the QoS 1
 * messages that were sent and not acknowledged, then those that wait, each in their order. While
 * the session lives they stay in its window and count in its queue, so that it has everything when
 * it comes back; what another member gets meanwhile is taken out. When it has ended, they count as
 * held here.
 */
final class Leftovers {
  private final Session session;
  private final Outgoing outgoing;
  private final HeldBytes held;
  private final TopicFilter filter;
  private final ArrayDeque<Integer> unacknowledged = new ArrayDeque<>();
  private final ArrayDeque<Delivery> queued = new ArrayDeque<>();

  /** What is to be done when one that no session has is at one again, or dropped. */
  private Map<Delivery, Runnable> whenPlaced = Map.of();

  private boolean offered;
  private boolean ended;

  Leftovers(Session session, TopicFilter filter) {
    this.session = session;
    this.outgoing = session.outgoing();
    this.held = session.held();
    this.filter = filter;
  }

  /**
   * Those that wait for a member with room, while no session has them.
   *
   * @param last in whose name they are counted if they are dropped
   */
  static Leftovers ofNobody(Session last, TopicFilter filter) {
    Leftovers left = new Leftovers(last, filter);
    left.ended = true;
    return left;
  }

  Session session() {
    return session;
  }

  TopicFilter filter() {
    return filter;
  }

  /** The session has ended, so that nobody but another member can get them. */
  boolean hasEnded() {
    return ended;
  }

  /** Others may take them. */
  boolean isOffered() {
    return offered;
  }

  void offered(boolean toOthers) {
    offered = toOthers;
  }

  int size() {
    return unacknowledged.size() + queued.size();
  }

  /** Takes out the first one that waits, for its session, if that may have it; or gives null. */
  @Nullable Delivery takeBack() {
    Delivery first = queued.peek();
    if (first == null || (offered && !session.mayReceive(first.message().topic()))) {
      return null;
    }
    queued.remove();
    outgoing.waiting().letGoApart(first);
    return first;
  }

  void addUnacknowledged(int packetId) {
    unacknowledged.add(packetId);
  }

  void addQueued(Delivery delivery) {
    queued.add(delivery);
    if (ended) {
      held.keep(delivery);
    }
  }

  /**
   * As above, one that no session has.
   *
   * @param placed called when one has it, or when it is dropped
   */
  void addQueued(Delivery delivery, Runnable placed) {
    if (whenPlaced.isEmpty()) {
      whenPlaced = new HashMap<>(4);
    }
    whenPlaced.put(delivery, placed);
    addQueued(delivery);
  }

  private static void nothing() {}

  private Runnable placed(Delivery delivery) {
    Runnable placed = whenPlaced.isEmpty() ? null : whenPlaced.remove(delivery);
    return placed == null ? Leftovers::nothing : placed;
  }

  /** The first one, or null. */
  @Nullable Delivery peek() {
    Integer packetId = unacknowledged.peek();
    return packetId == null ? queued.peek() : outgoing.window().published(packetId);
  }

  /** Takes out the first one, which is worth nothing any more; there is one. */
  void remove() {
    take().run();
  }

  /**
   * Takes out the first one for another session of this shard; there is one.
   *
   * @return to be called when that has it
   */
  Runnable take() {
    Integer packetId = unacknowledged.poll();
    if (packetId != null) {
      Delivery delivery = outgoing.window().published(packetId);
      if (delivery != null) {
        outgoing.close(packetId, delivery);
      }
      return Leftovers::nothing;
    }
    Delivery delivery = queued.remove();
    if (ended) {
      held.letGo(delivery);
    } else {
      outgoing.waiting().removeApart(delivery);
    }
    return placed(delivery);
  }

  /**
   * As {@link #take}, for another shard.
   *
   * @return removes its record; called when the other shard has one
   */
  Runnable removeFromMemory() {
    SessionRecords records = ended ? null : session.records();
    Integer packetId = unacknowledged.poll();
    if (packetId != null) {
      Delivery delivery = outgoing.window().published(packetId);
      outgoing.window().close(packetId);
      return records == null || delivery == null
          ? Leftovers::nothing
          : () -> records.acknowledged(packetId, delivery);
    }
    Delivery delivery = queued.remove();
    if (ended) {
      held.letGo(delivery);
      return placed(delivery);
    }
    outgoing.waiting().letGoApart(delivery);
    return records == null || !delivery.isStored()
        ? Leftovers::nothing
        : () -> records.remove(delivery);
  }

  /** The first one was sent by its session. */
  boolean isStarted() {
    return !unacknowledged.isEmpty();
  }

  /** Leaves the first one, which was sent, to its session. */
  void keep() {
    unacknowledged.remove();
  }

  /** Removes those at the front of the queue whose time is over; gives their number. */
  int removeExpired(long nowMillis) {
    int removed = 0;
    for (Delivery first = queued.peek();
        first != null && first.message().isExpired(nowMillis);
        first = queued.peek()) {
      queued.remove();
      outgoing.waiting().removeApart(first);
      removed++;
    }
    return removed;
  }

  /** Drops the newest of an ended session. */
  void removeLast(int count) {
    for (int i = 0; i < count; i++) {
      Delivery last = queued.removeLast();
      held.letGo(last);
      placed(last).run();
    }
  }

  /** They are the session's own again: those that wait do so in this queue. */
  void rejoin(@Nullable MessageQueue queue) {
    offered = false;
    if (queue != null) {
      queued.forEach(queue::rejoin);
    }
    queued.clear();
    unacknowledged.clear();
  }

  /** The session ends, and leaves them behind. */
  void end() {
    queued.forEach(outgoing.waiting()::removeApart);
    while (!unacknowledged.isEmpty()) {
      int packetId = unacknowledged.removeLast();
      Delivery delivery = outgoing.window().published(packetId);
      if (delivery != null) {
        queued.addFirst(delivery);
        outgoing.close(packetId, delivery);
      }
    }
    ended = true;
    queued.forEach(held::keep);
  }
}
