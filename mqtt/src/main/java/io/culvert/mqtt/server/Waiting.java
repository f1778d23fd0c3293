package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 1 and 2 messages that wait for one session: its queue, which is there only while there is
 * something in it, and what is on its way into it. Where there is too much of that, publishers are
 * held up.
 */
final class Waiting {
  private final Session session;
  private final ShardParts shard;
  private @Nullable MessageQueue queue;
  private @Nullable Backlog backlog;

  /** Messages that are on their way to the journal without a packet identifier, and their bytes. */
  private int coming;

  private long comingBytes;

  Waiting(Session session, ShardParts shard) {
    this.session = session;
    this.shard = shard;
  }

  // ---- what there is

  int size() {
    MessageQueue its = queue;
    return its == null ? 0 : its.size();
  }

  long bytes() {
    MessageQueue its = queue;
    return its == null ? 0 : its.bytes();
  }

  /** Those that are in the session's records only. */
  int paged() {
    MessageQueue its = queue;
    return its == null ? 0 : its.paged();
  }

  long pagedBytes() {
    MessageQueue its = queue;
    return its == null ? 0 : its.pagedBytes();
  }

  boolean hasPaged() {
    MessageQueue its = queue;
    return its != null && its.hasPaged();
  }

  /** False only when nothing waits, but for what is on its way. */
  boolean hasQueue() {
    return queue != null;
  }

  /** Nothing waits but what others may get, and what is on its way. */
  boolean isAllApart() {
    MessageQueue its = queue;
    return its == null || its.isAllApart();
  }

  /** Whether any of them came through a shared subscription, and is not set apart. */
  boolean holdsShared() {
    MessageQueue its = queue;
    return its != null && its.holdsShared();
  }

  void forEach(Consumer<Delivery> action) {
    MessageQueue its = queue;
    if (its != null) {
      its.forEach(action);
    }
  }

  // ---- room

  /**
   * Another message of so many bytes may wait here. Where one may not, none may before the queue
   * has drained.
   */
  boolean canTake(int bytes) {
    MessageQueue its = queue;
    return its == null
        ? coming < shard.limits().queueMessages()
            && comingBytes + bytes <= shard.limits().queueBytes()
        : its.isOpenFor(coming + 1, comingBytes + bytes);
  }

  /** There is room for this one, perhaps because others have expired. */
  boolean hasRoomFor(Delivery delivery, long nowMillis) {
    MessageQueue its = queue;
    if (its == null) {
      return canTake(delivery.message().heldBytes());
    }
    int messages = coming + 1;
    long bytes = comingBytes + delivery.message().heldBytes();
    if (its.hasRoomFor(messages, bytes)) {
      return true;
    }
    removesExpired(its, nowMillis);
    SessionRecords kept = session.records();
    if (its.hasPaged() && kept != null) {
      kept.removeExpired(session, nowMillis);
    }
    return its.hasRoomFor(messages, bytes);
  }

  /**
   * More waits here than a client that keeps up would let wait; or anything, where memory is short.
   */
  boolean isCrowded() {
    MessageQueue its = queue;
    return its != null && (shard.budget().isHigh() || (session.isConnected() && its.isCrowded()));
  }

  /** Slows down a publisher while this session is crowded, for a limited time. */
  void holdUp(Publisher publisher, long nowMillis) {
    boolean isItself = publisher instanceof LocalPublisher local && local.session() == session;
    if (isItself || shard.limits().holdPublisherMillis() == 0) {
      return;
    }
    Backlog holding = backlog;
    if (holding == null) {
      holding = new Backlog(shard.limits().holdPublisherMillis());
      backlog = holding;
    }
    if (holding.hold(publisher, nowMillis)) {
      shard.counters().countHeld();
    }
  }

  /** Nobody is held up any more. */
  void drained() {
    Backlog holding = backlog;
    if (holding != null) {
      backlog = null;
      holding.drained();
    }
  }

  // ---- what comes

  /** It takes room here from now on, as if it waited already. */
  void comes(Delivery delivery) {
    coming++;
    comingBytes += delivery.message().heldBytes();
  }

  /** It is not on its way any more. */
  void hasCome(Delivery delivery) {
    coming--;
    comingBytes -= delivery.message().heldBytes();
  }

  /** Those that are on their way. */
  int coming() {
    return coming;
  }

  /** Puts one at the end, or drops it where there is no room. */
  void add(Delivery delivery, long nowMillis) {
    MessageQueue its = queue == null ? newQueue() : queue;
    if (delivery.isStored()) { // it has had its room since it came
      its.hold(delivery);
    } else if (!its.offer(delivery) && !(removesExpired(its, nowMillis) && its.offer(delivery))) {
      session.dropped(DropReason.QUEUE_FULL, 1, nowMillis);
    }
    queue = its.size() == 0 ? null : its;
  }

  private boolean removesExpired(MessageQueue its, long nowMillis) {
    int expired = its.removeExpired(nowMillis, session::forget);
    if (expired > 0) {
      session.dropped(DropReason.EXPIRED, expired, nowMillis); // [MQTT5-3.3.2-5]
      if (its.hasDrained()) {
        drained();
      }
    }
    return expired > 0;
  }

  private MessageQueue queue() {
    MessageQueue its = queue;
    if (its == null) {
      its = newQueue();
      queue = its;
    }
    return its;
  }

  private MessageQueue newQueue() {
    return new MessageQueue(shard.limits(), shard.counters(), shard.budget().held());
  }

  // ---- what goes

  /** Takes out what is sent next, of what is not set apart; null while that is being read. */
  @Nullable Delivery next() {
    MessageQueue its = queue;
    if (its == null) {
      return null;
    }
    SessionRecords kept = session.records();
    if (kept == null || !kept.mayHaveSent() || !its.hasPaged()) {
      return its.isEmptyHere() ? null : its.remove();
    }
    Delivery next = its.poll(kept::isLoaded);
    if (next == null) {
      kept.load(session);
    }
    return next;
  }

  /** One was taken out because it is its turn. */
  void moved() {
    Backlog holding = backlog;
    if (holding != null) {
      holding.moved();
    }
    MessageQueue its = queue;
    if (its != null) {
      goneFrom(its);
    }
  }

  /** Something has gone from the queue. */
  private void goneFrom(MessageQueue its) {
    if (its.hasDrained()) {
      drained();
    }
    forgetEmptyQueue();
  }

  private void forgetEmptyQueue() {
    MessageQueue its = queue;
    if (its != null && its.size() == 0) {
      queue = null;
    }
  }

  /** Takes all out at once; none is set apart. */
  @Nullable MessageQueue takeQueue() {
    MessageQueue its = queue;
    queue = null;
    return its;
  }

  /** Nobody takes what is here; none is set apart. */
  void clear() {
    MessageQueue its = takeQueue();
    if (its != null) {
      its.clear();
    }
    drained();
  }

  // ---- what is in records only

  /** What comes next need not be in memory yet. */
  boolean isLong() {
    MessageQueue its = queue;
    return its != null && its.isLong();
  }

  /** What is in memory will soon be sent. */
  boolean wantsPage() {
    MessageQueue its = queue;
    return its != null && its.wantsPage();
  }

  /** So many more are in records. */
  void page(int messages, long bytes) {
    if (messages > 0) {
      queue().page(messages, bytes);
    }
  }

  /** Without a connection the queue need not be in memory, but for what others may get. */
  void pageOut() {
    MessageQueue its = queue;
    SessionRecords kept = session.records();
    if (its != null && kept != null) {
      long first = its.pageOut();
      if (first != 0) {
        kept.pagesFrom(first);
      }
    }
  }

  /** One that was in its record only waits here. */
  void load(Delivery delivery) {
    queue().load(delivery);
  }

  /** One that was in its record only does not wait any more. */
  void unpage(long itsBytes) {
    queue().unpage(itsBytes);
  }

  /** As above, one that is about to be set apart; false when there can be none. */
  boolean unpageShared(long itsBytes) {
    MessageQueue its = queue;
    if (its == null || !its.hasPaged()) {
      return false;
    }
    its.unpage(itsBytes);
    return true;
  }

  /** One has expired while it was in its record only. */
  void expiredOnPage(int itsBytes, long nowMillis) {
    MessageQueue its = queue;
    if (its != null) {
      its.unpage(itsBytes);
      session.dropped(DropReason.EXPIRED, 1, nowMillis); // [MQTT5-3.3.2-5]
      forgetEmptyQueue();
    }
  }

  /** So many are in records, whatever was counted. */
  void hasOnlyPaged(int messages, long bytes) {
    MessageQueue its = queue;
    if (its != null) {
      its.unpageAll();
      its.page(messages, bytes);
    }
    forgetEmptyQueue();
  }

  // ---- what is set apart

  /** See {@link MessageQueue#setApart}. */
  void setApart(@Nullable TopicFilter only, BiConsumer<TopicFilter, Delivery> keeper) {
    MessageQueue its = queue;
    if (its != null) {
      its.setApart(only, keeper);
    }
  }

  /** Sets apart what waits through one shared subscription. */
  void setApart(Leftovers left) {
    setApart(left.filter(), (itsFilter, delivery) -> left.addQueued(delivery));
  }

  /** A message for a session without connection, which others may get before it. */
  void addApart(Delivery delivery, Leftovers keeper, long nowMillis) {
    MessageQueue its = queue();
    if (delivery.isStored()) { // it has had its room since it came
      its.holdApart(delivery);
      keeper.addQueued(delivery);
      return;
    }
    boolean added = its.offerApart(delivery);
    if (!added) {
      int expired = its.removeExpired(nowMillis, session::forget) + keeper.removeExpired(nowMillis);
      if (expired > 0) {
        session.dropped(DropReason.EXPIRED, expired, nowMillis); // [MQTT5-3.3.2-5]
        added = its.offerApart(delivery);
      }
    }
    if (added) {
      keeper.addQueued(delivery);
    } else {
      session.dropped(DropReason.QUEUE_FULL, 1, nowMillis);
      forgetEmptyQueue();
    }
  }

  /** One that was set apart is gone. */
  void removeApart(Delivery delivery) {
    session.forget(delivery);
    letGoApart(delivery);
  }

  /** As above, while its record stays until somebody else has one. */
  void letGoApart(Delivery delivery) {
    MessageQueue its = queue;
    if (its != null) {
      its.removeApart(delivery);
      goneFrom(its);
    }
  }

  /** What was set apart is the session's own again. */
  void rejoin(Leftovers left) {
    left.rejoin(queue);
  }
}
