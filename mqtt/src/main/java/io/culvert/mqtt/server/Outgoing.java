package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.OutboundWindow;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one session has to send, and has sent. A message of QoS 1 or 2 is stored first where the
 * session is durable; then it is sent, if client and {@link #window} have room, or is {@link
 * #waiting}. Behind all that come retained messages for new subscriptions. What came through a
 * shared subscription may leave again, for another member: {@link #shares}.
 */
final class Outgoing {
  /**
   * What one call of {@link #pump} may look at, whether it is sent or skipped: less than a
   * millisecond's work.
   */
  private static final int PUMP_STEPS = 500;

  /**
   * So many messages may be unacknowledged at a client that keeps up: its acknowledgements are on
   * their way while the next messages come.
   */
  private static final int KEEPING_UP = 16;

  private final Session session;
  private final ShardParts shard;
  private final OutboundWindow window;
  private final Waiting waiting;
  private @Nullable RetainedFeeds feeds;
  private @Nullable Shares shares;
  private int acknowledged;

  Outgoing(Session session, ShardParts shard) {
    this.session = session;
    this.shard = shard;
    this.window =
        new OutboundWindow(
            shard.limits().inFlight(), shard.counters().inFlight(), shard.budget().held());
    this.waiting = new Waiting(session, shard);
  }

  /** Messages that were sent and are not acknowledged. */
  OutboundWindow window() {
    return window;
  }

  /** QoS 1 and 2 messages that are to be sent. */
  Waiting waiting() {
    return waiting;
  }

  /**
   * The session has a connection.
   *
   * @param receiveMaximum how many QoS 1 and 2 messages the client takes at a time
   */
  void resume(int receiveMaximum, long nowMillis) {
    rejoin();
    window.resume(receiveMaximum); // [MQTT5-4.4.0-1], [MQTT3-4.4.0-1]
    pump(nowMillis);
  }

  // ---- delivery

  /** Sends now, or lets it wait, or drops it with a reason [MQTT5-4.5.0-1], [MQTT3-4.5.0-1]. */
  void deliver(Delivery delivery, long nowMillis) {
    SessionRecords kept = session.records();
    if (delivery.qos() == QoS.AT_MOST_ONCE) {
      if (!drops(nowMillis)) {
        sendAtMostOnce(delivery, nowMillis);
      }
    } else if (kept != null) {
      store(kept, delivery, nowMillis);
    } else if (delivery.message().qos() == QoS.EXACTLY_ONCE && shard.ledger().isBusy()) {
      // To nobody before it is stored for those who need that.
      waiting.comes(delivery);
      shard.ledger().whenStored(now -> sendOrQueueUnlessOver(delivery, now), nowMillis);
    } else {
      sendOrQueue(delivery, nowMillis);
    }
  }

  /** Whether it drops what comes at QoS 0, which is then counted. */
  boolean drops(long nowMillis) {
    ServerConnection to = session.connection();
    DropReason reason;
    if (to == null || !to.isConnected()) {
      reason = DropReason.OFFLINE;
    } else if (!to.hasRoom()) {
      reason = DropReason.OUTBOX_FULL;
    } else if (shard.budget().isFull()) {
      reason = DropReason.MEMORY_FULL;
    } else {
      return false;
    }
    session.dropped(reason, 1, nowMillis);
    return true;
  }

  /** Sends what it has said that it does not {@linkplain #drops drop}. */
  void sendAtMostOnce(Delivery delivery, long nowMillis) {
    ServerConnection to = session.connection();
    if (to != null && fits(to, delivery, nowMillis)) {
      to.sendPublish(delivery, 0, false, nowMillis);
      shard.counters().countDelivered(QoS.AT_MOST_ONCE, delivery.message());
    }
  }

  private void sendOrQueueUnlessOver(Delivery delivery, long nowMillis) {
    waiting.hasCome(delivery);
    if (!session.isOver()) {
      sendOrQueue(delivery, nowMillis);
      settle(nowMillis);
    } else if (delivery.sharedFilter() != null) {
      shares().redeliver(delivery, nowMillis);
    }
  }

  /** One that another shard or the journal has had. */
  void sendOrQueue(Delivery delivery, long nowMillis) {
    ServerConnection to = session.connection();
    if (to != null && sendsAtOnce() && shard.budget().isFull()) {
      waiting.add(delivery, nowMillis); // where it is there once for all who get it
      to.pollAgain();
    } else if (to != null && sendsAtOnce()) {
      sendFirst(to, delivery, nowMillis);
    } else {
      waiting.add(delivery, nowMillis);
    }
  }

  // ---- room

  /** It could take another message without queueing it, beside those that are being stored. */
  boolean isIdle() {
    return sendsAtOnce() && window.room() > waiting.coming();
  }

  private boolean sendsAtOnce() {
    return (canSend() || canSendSoon()) && waiting.isAllApart() && !window.isFull();
  }

  /** It could, and its client {@link #acknowledges}. */
  boolean keepsUp() {
    return isIdle() && acknowledges();
  }

  /**
   * Its client has acknowledged all before, or nearly all: of one that has never acknowledged
   * anything a single message tells that it does not.
   */
  private boolean acknowledges() {
    return window.size() <= acknowledged;
  }

  /** How many QoS 1 and 2 messages it could take now. */
  int room() {
    return isIdle() ? window.room() - waiting.coming() : 1;
  }

  /** It could take another message of QoS 0. */
  boolean canSend() {
    ServerConnection to = session.connection();
    return to != null && to.hasRoom();
  }

  /** While memory is scarce: a little waits for a client that does not let it wait long. */
  private boolean canSendSoon() {
    ServerConnection to = session.connection();
    return to != null && acknowledges() && to.hasLittleRoom();
  }

  /** A number that changes when its answers to {@link #isIdle} and its like do. */
  int capacity() {
    return (session.isConnected() ? 1 : 0)
        | (canSend() ? 2 : 0)
        | (isIdle() ? 4 : 0)
        | (waiting.canTake(0) ? 8 : 0);
  }

  // ---- what waits is sent

  /**
   * Sends what waits, as far as window and outbox have room. Where there is very much to look at,
   * it goes on when the others have had their turn.
   */
  void pump(long nowMillis) {
    send(nowMillis);
    settle(nowMillis);
  }

  /** Groups may give it more, if it has room again. */
  private void settle(long nowMillis) {
    Shares part = shares;
    if (part != null) {
      part.settle(nowMillis);
    }
  }

  private void send(long nowMillis) {
    ServerConnection to = session.connection();
    if (to == null || (!waiting.hasQueue() && feeds == null && window.isEmpty())) {
      return;
    }
    SessionRecords kept = session.records();
    if (kept != null && waiting.hasPaged()) {
      boolean isStuck = window.isEmpty() && !window.hasFreeId(); // all are of what is not loaded
      if (isStuck || waiting.wantsPage()) {
        kept.load(session);
      }
    }
    if (feeds != null) {
      feeds.beginTurn();
    }
    for (int steps = 0; steps < PUMP_STEPS; steps++) {
      if (!to.hasRoom() || (shard.budget().isFull() && !to.hasSentAll())) {
        return;
      }
      int resent = window.nextToResend();
      if (resent != 0) {
        resend(to, resent, nowMillis);
        continue;
      }
      if (window.isFull()) {
        return; // [MQTT5-3.3.4-9], [MQTT5-4.9.0-2]
      }
      Delivery delivery = nextWaiting(to, nowMillis);
      if (delivery != null) {
        sendFirst(to, delivery, nowMillis);
      } else if (feeds == null || !feeds.hasMore() || to.isPolledLater()) {
        return;
      }
    }
    to.pollAgain();
  }

  private @Nullable Delivery nextWaiting(ServerConnection to, long nowMillis) {
    while (waiting.hasQueue()) {
      boolean isAllApart = waiting.isAllApart();
      Delivery delivery = isAllApart ? takeBack() : waiting.next();
      if (delivery == null && isAllApart) {
        break; // only others may have that
      }
      if (delivery == null) {
        return null; // the next page is on its way
      }
      waiting.moved();
      if (delivery.message().isExpired(nowMillis)) {
        session.forget(delivery);
        session.dropped(DropReason.EXPIRED, 1, nowMillis); // [MQTT5-3.3.2-5]
      } else if (session.mayReceive(delivery.message().topic())) {
        return delivery;
      } else if (isForOthers(delivery)) {
        shares().setApart(delivery, nowMillis);
      } else {
        session.forget(delivery);
        session.dropped(DropReason.NOT_PERMITTED, 1, nowMillis);
      }
    }
    return nextRetained(to, nowMillis);
  }

  private @Nullable Delivery takeBack() {
    Shares part = shares;
    return part == null ? null : part.takeBack();
  }

  /** Whether members of a group that it has left may have a message that it may not. */
  private boolean isForOthers(Delivery delivery) {
    TopicFilter filter = delivery.sharedFilter();
    Shares part = shares;
    return filter != null
        && part != null
        && session.subscription(filter) == null
        && part.hasOthers(filter);
  }

  private @Nullable Delivery nextRetained(ServerConnection to, long nowMillis) {
    RetainedFeeds retained = feeds;
    if (retained == null) {
      return null;
    }
    Delivery delivery = retained.next(to, nowMillis);
    if (retained.isEmpty()) {
      feeds = null;
    }
    return delivery;
  }

  private void sendFirst(ServerConnection to, Delivery delivery, long nowMillis) {
    if (!fits(to, delivery, nowMillis)) {
      return;
    }
    int packetId = delivery.qos() == QoS.AT_MOST_ONCE ? 0 : window.open(delivery);
    shard.counters().countDelivered(delivery.qos(), delivery.message());
    SessionRecords kept = session.records();
    if (kept != null && delivery.isStored()) {
      kept.sent(packetId, delivery);
      if (delivery.qos() == QoS.EXACTLY_ONCE) { // or it might be sent again under another one
        shard.ledger().whenStored(now -> sendStored(to, delivery, packetId, now), nowMillis);
        return;
      }
    }
    to.sendPublish(delivery, packetId, false, nowMillis); // [MQTT5-2.2.1-4], [MQTT5-3.3.1-3]
  }

  private void sendStored(ServerConnection to, Delivery delivery, int packetId, long nowMillis) {
    if (session.connection() == to && to.isConnected() && window.published(packetId) == delivery) {
      to.sendPublish(delivery, packetId, false, nowMillis);
    }
  }

  private boolean fits(ServerConnection to, Delivery delivery, long nowMillis) {
    if (to.fits(delivery, nowMillis)) {
      return true;
    }
    session.dropped(DropReason.TOO_LARGE, 1, nowMillis); // [MQTT5-3.1.2-25]
    session.forget(delivery);
    return false;
  }

  private void resend(ServerConnection to, int packetId, long nowMillis) {
    boolean isFirst = window.isFirstTime();
    Delivery delivery = window.published(packetId);
    if (delivery == null) {
      to.sendPubRel(packetId, ReasonCode.SUCCESS); // [MQTT5-4.4.0-1]
    } else if (!session.mayReceive(delivery.message().topic())) {
      if (delivery.qos() == QoS.AT_LEAST_ONCE && isForOthers(delivery)) { // [MQTT5-4.8.2-4]
        window.close(packetId);
        shares().setApart(notSent(packetId, delivery), nowMillis);
      } else {
        drop(packetId, delivery, DropReason.NOT_PERMITTED, nowMillis);
      }
    } else if (isFirst && delivery.message().isExpired(nowMillis)) {
      drop(packetId, delivery, DropReason.EXPIRED, nowMillis); // [MQTT5-3.3.2-5]
    } else if (!to.fits(delivery, nowMillis)) {
      drop(packetId, delivery, DropReason.TOO_LARGE, nowMillis);
    } else {
      if (isFirst) {
        shard.counters().countDelivered(delivery.qos(), delivery.message());
      }
      to.sendPublish(delivery, packetId, !isFirst, nowMillis); // [MQTT5-3.3.1-1], [MQTT5-4.3.3-7]
    }
  }

  private Delivery notSent(int packetId, Delivery delivery) {
    SessionRecords kept = session.records();
    return kept != null && delivery.isStored() ? kept.notSent(packetId, delivery) : delivery;
  }

  private void drop(int packetId, Delivery delivery, DropReason reason, long nowMillis) {
    close(packetId, delivery);
    session.dropped(reason, 1, nowMillis);
  }

  /** The exchange of a message that was sent is over. */
  void close(int packetId, Delivery delivery) {
    window.close(packetId);
    SessionRecords kept = session.records();
    if (kept != null && delivery.isStored()) {
      kept.acknowledged(packetId, delivery);
    }
  }

  // ---- durability

  /** Writes a message down; it is sent, or waits, when it is stored. */
  private void store(SessionRecords kept, Delivery delivery, long nowMillis) {
    TopicFilter sharedFilter = delivery.sharedFilter();
    boolean isShared = sharedFilter != null;
    Spread spread = shard.ledger().spread(delivery.message());
    long number = sharedFilter == null ? kept.id() : Spread.numberOf(sharedFilter);
    if (spread != null && spread.isDone(number)) {
      return;
    }
    if (!isIdle() && !waiting.hasRoomFor(delivery, nowMillis)) {
      session.dropped(DropReason.QUEUE_FULL, 1, nowMillis);
      return;
    }
    boolean isPaged = !isShared && (session.connection() == null || waiting.isLong());
    boolean isNext = !isPaged && waiting.coming() == 0 && isIdle();
    Delivery stored = kept.add(delivery, isNext ? window.reserve() : 0);
    if (spread != null) {
      spread.stored().add(number);
    }
    if (isPaged) {
      page(kept, stored);
    } else {
      kept.keeps(stored);
      if (!isNext) {
        waiting.comes(stored);
      }
    }
    shard.ledger().whenStored(now -> arrived(kept, stored, now), nowMillis);
  }

  private void page(SessionRecords kept, Delivery stored) {
    kept.pages(stored);
    waiting.page(1, stored.message().heldBytes());
  }

  private void arrived(SessionRecords kept, Delivery stored, long nowMillis) {
    boolean isHere = kept.arriving().remove(stored);
    boolean isShared = stored.sharedFilter() != null;
    if (session.isOver()) {
      if (isHere && isShared) {
        shares().redeliver(stored, nowMillis);
      }
    } else if (!isHere) {
      pump(nowMillis); // it is in its record only
    } else {
      arrivedHere(kept, stored, isShared, nowMillis);
      settle(nowMillis); // it may have been too large, so that nobody acknowledges it
    }
    session.goOnIfSettled();
  }

  private void arrivedHere(SessionRecords kept, Delivery stored, boolean isShared, long nowMillis) {
    boolean isReserved = stored.packetId() != 0;
    if (!isReserved) {
      waiting.hasCome(stored);
    }
    if (session.connection() == null && isShared) { // others may get it
      if (isReserved) {
        window.giveBack(stored.packetId());
        stored = kept.withoutPacketId(stored);
      }
      shares().setApart(stored, nowMillis);
    } else if (isReserved) {
      sendReserved(stored, nowMillis);
    } else if (!isShared && (session.connection() == null || waiting.hasPaged())) {
      page(kept, stored);
      pump(nowMillis);
    } else {
      sendOrQueue(stored, nowMillis);
    }
  }

  private void sendReserved(Delivery stored, long nowMillis) {
    ServerConnection to = session.connection();
    int packetId = stored.packetId();
    if (to == null || !to.hasRoom() || !window.hasQuota() || shard.budget().isFull()) {
      window.enterReserved(packetId, stored);
      if (to != null) {
        to.pollAgain();
      }
    } else if (fits(to, stored, nowMillis)) {
      window.openReserved(packetId, stored);
      to.sendPublish(stored, packetId, false, nowMillis);
      shard.counters().countDelivered(stored.qos(), stored.message());
    } else {
      window.giveBack(packetId);
    }
  }

  /** Some of its messages wait in its records, and it can use them now. */
  boolean wantsPage() {
    return !session.isOver() && session.isConnected() && waiting.hasPaged();
  }

  /**
   * A message waits again that was in its record only.
   *
   * @param packetId under which it may have been sent before this process began, or 0
   */
  void loaded(Delivery delivery, int packetId) {
    if (window.isReserved(packetId)) {
      waiting.unpage(delivery.message().heldBytes());
      window.restoreReserved(packetId, delivery);
    } else {
      waiting.load(delivery);
    }
  }

  /** A message of a shared subscription is about to be in memory, if it has no connection. */
  boolean takesShared(int itsBytes) {
    return !session.isOver() && !session.isConnected() && waiting.unpageShared(itsBytes);
  }

  /** A message whose record is of no use any more. */
  void unreadable(int itsBytes, int packetId, long nowMillis) {
    waiting.unpage(itsBytes);
    giveBack(packetId);
    session.dropped(DropReason.DAMAGED, 1, nowMillis);
  }

  /** There is no message that may have been sent under this identifier. */
  void giveBack(int packetId) {
    if (window.isReserved(packetId)) {
      window.giveBack(packetId);
    }
  }

  // ---- retained messages

  /** Retained messages for a new subscription, which follow as the client takes them. */
  void feed(RetainedFeed feed, long nowMillis) {
    RetainedFeeds retained = feeds;
    if (retained == null) {
      retained = new RetainedFeeds(session, shard.budget());
      feeds = retained;
    }
    retained.add(feed);
    pump(nowMillis);
  }

  /** A subscription was replaced by one that asks for no retained messages: its own still come. */
  void goOnFeeding(Subscription before, Subscription newer) {
    if (feeds != null) {
      feeds.replaced(before, newer);
    }
  }

  /** The filters whose retained messages have not all been sent. */
  List<TopicFilter> unfinishedFeeds() {
    return feeds == null ? List.of() : feeds.unfinished();
  }

  /** Retained messages of how many subscriptions wait for their turn. */
  int feedCount() {
    return feeds == null ? 0 : feeds.size();
  }

  // ---- shared subscriptions

  /** It has become a member of one. */
  void share(SharedRouting routing) {
    if (shares == null) {
      shares = new Shares(session, routing);
    }
  }

  /** Whether any of its messages came through a shared subscription. */
  boolean holdsShared() {
    for (int id = window.oldest(); id != 0; id = window.after(id)) {
      Delivery delivery = window.published(id);
      if (delivery != null && delivery.sharedFilter() != null) {
        return true;
      }
    }
    return waiting.holdsShared();
  }

  /** Its part in shared subscriptions, of which it has had one. */
  Shares shares() {
    Shares part = shares;
    if (part == null) {
      throw new IllegalStateException("never was a member");
    }
    return part;
  }

  /** Sets apart all that other members may get instead, and gives it. */
  List<Leftovers> setApart() {
    Shares part = shares;
    if (part == null) {
      return List.of();
    }
    part.setApart();
    return part.leftovers();
  }

  void forget(Leftovers left) {
    Shares part = shares;
    if (part != null) {
      part.forget(left);
    }
  }

  /** All that was set apart is its own again. */
  void rejoin() {
    Shares part = shares;
    if (part != null) {
      part.rejoin();
    }
  }

  // ---- acknowledgements; they return no event

  @Nullable ServerEvent onPubAck(int packetId) {
    Delivery delivery = window.published(packetId);
    if (delivery != null) {
      check(delivery.qos() == QoS.AT_LEAST_ONCE, "PUBACK", packetId);
      close(packetId, delivery); // [MQTT5-4.3.2-3]; also with an error [MQTT5-4.4.0-2]
      countAcknowledged();
    } // else unknown: ignored, the client may have acknowledged twice
    return null;
  }

  @Nullable ServerEvent onPubRec(PubRec pubRec, long nowMillis) {
    int packetId = pubRec.packetId();
    Delivery delivery = window.published(packetId);
    ReasonCode answer = ReasonCode.SUCCESS;
    if (delivery != null) {
      check(delivery.qos() == QoS.EXACTLY_ONCE, "PUBREC", packetId);
      if (pubRec.reasonCode().isError()) {
        close(packetId, delivery); // [MQTT5-4.4.0-2]
        return null;
      }
      window.release(packetId); // [MQTT5-4.3.3-5], [MQTT5-4.3.3-6]
      SessionRecords kept = session.records();
      if (kept != null && delivery.isStored()) {
        kept.released(packetId, delivery);
        ServerConnection from = session.connection();
        shard.ledger().whenStored(now -> sendStoredPubRel(from, packetId), nowMillis);
        return null;
      }
    } else if (!window.isReleased(packetId)) {
      answer = ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
    }
    ServerConnection to = session.connection();
    if (to != null) {
      to.sendPubRel(packetId, answer); // [MQTT5-4.3.3-4]
    }
    return null;
  }

  private void sendStoredPubRel(@Nullable ServerConnection to, int packetId) {
    if (to != null
        && session.connection() == to
        && to.isConnected()
        && window.isReleased(packetId)) {
      to.sendPubRel(packetId, ReasonCode.SUCCESS); // [MQTT5-4.3.3-4]
      to.pollAgain();
    }
  }

  @Nullable ServerEvent onPubComp(int packetId) {
    Delivery delivery = window.published(packetId);
    check(delivery == null, "PUBCOMP", packetId);
    if (window.isReleased(packetId)) {
      window.close(packetId);
      countAcknowledged();
      SessionRecords kept = session.records();
      if (kept != null) {
        kept.completed(packetId);
      }
    }
    return null;
  }

  private void countAcknowledged() {
    acknowledged = Math.min(acknowledged + 1, KEEPING_UP);
  }

  private static void check(boolean expected, String packet, int packetId) {
    if (!expected) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR,
          Statement.MQTT5_4_3_3_3,
          packet + " does not fit the message with packet identifier " + packetId);
    }
  }

  // ---- when it moves to another shard, or ends

  /** All that waits in memory; nothing is set apart any more. */
  void forEachQueued(Consumer<Delivery> action) {
    rejoin();
    waiting.forEach(action);
  }

  /** Takes all that waits out of the session. */
  @Nullable MessageQueue takeQueue() {
    rejoin();
    return waiting.takeQueue();
  }

  /** Messages that nobody gets if the session ends now; others may still get the rest. */
  int lostAtEnd() {
    SessionRecords kept = session.records();
    long arriving =
        kept == null
            ? 0
            : kept.arriving().stream().filter(each -> each.sharedFilter() == null).count();
    return window.size() + waiting.size() + (int) arriving;
  }

  /** Removes the records of all that is in memory; nothing may be set apart. */
  void removeRecords(SessionRecords kept) {
    for (int packetId = window.oldest(); packetId != 0; packetId = window.after(packetId)) {
      Delivery delivery = window.published(packetId);
      if (delivery == null) {
        kept.completed(packetId);
      } else {
        kept.acknowledged(packetId, delivery);
      }
    }
    kept.arriving().forEach(kept::remove);
    waiting.forEach(kept::remove);
  }

  /** Forgets everything. */
  void clear() {
    rejoin();
    window.clear();
    waiting.clear();
    if (feeds != null) {
      feeds.close();
      feeds = null;
    }
  }
}
