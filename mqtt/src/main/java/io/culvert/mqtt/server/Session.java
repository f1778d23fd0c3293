package io.culvert.mqtt.server;

import io.culvert.engine.Deadlines;
import io.culvert.engine.Engine;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.session.OutboundWindow;
import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Will;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the broker keeps of one Client Identifier: subscriptions, messages in flight and waiting,
 * the Will, and when all this ends. Outlives connections. Owned by one {@link Broker}, on its
 * thread.
 */
public final class Session {
  /**
   * What one call of {@link #pump} may look at, whether it is sent or skipped: less than a
   * millisecond's work.
   */
  private static final int PUMP_STEPS = 500;

  /** The expiry of a session that never ends by itself. */
  static final long NEVER_SECONDS = 0xffff_ffffL;

  /**
   * So many messages may be unacknowledged at a client that keeps up: its acknowledgements are on
   * their way while the next messages come.
   */
  private static final int KEEPING_UP = 16;

  /** This object with its window, its queue and its places in directories, roughly. */
  private static final int OVERHEAD_BYTES = 1024;

  /** What is known of its records, roughly. */
  private static final int RECORDS_BYTES = 200;

  /** Of a Will beside its bytes. */
  private static final int WILL_BYTES = 200;

  private final String clientId;
  private final Shard shard;
  private final OutboundWindow window;
  private final Waiting waiting;
  private final ReceivedIds received = new ReceivedIds();
  private final Deadlines.Entry<Session> deadline;
  private @Nullable ReceivedIds undecided;
  private @Nullable Runnable whenDecided;
  private Map<TopicFilter, Subscription> subscriptions = Map.of();
  private @Nullable SessionRecords records;
  private @Nullable RetainedFeeds feeds;
  private @Nullable Shares shares;
  private @Nullable ServerConnection connection;
  private @Nullable Will will;
  private @Nullable String userName;
  private @Nullable Permissions granted;
  private Permissions permissions = Permissions.EVERYTHING;
  private boolean denialIsLogged;
  private boolean hasShared;
  private long expirySeconds;
  private Owner owner = Owner.ONLY_SHARD;
  private long willAtMillis = Engine.NO_DEADLINE;
  private long endsAtMillis = Engine.NO_DEADLINE;
  private int heldBytes;
  private int acknowledged;
  private boolean isOver;

  /** Marks this session as a target of the publish with this number; see {@link Targets}. */
  long pass;

  /** Where it stands among the targets of that publish. */
  int target;

  /** Shards, as bits, whose messages it gets elsewhere while it moves; see {@link SessionMoves}. */
  long deafTo;

  Session(String clientId, Shard shard, Deadlines<Session> deadlines) {
    this.clientId = clientId;
    this.shard = shard;
    this.window =
        new OutboundWindow(
            shard.limits().inFlight(), shard.counters().inFlight(), shard.budget().held());
    this.waiting = new Waiting(this, shard);
    this.deadline = deadlines.entry(this);
  }

  public String clientId() {
    return clientId;
  }

  /** Who its latest client has proven to be, or null when that had nothing to prove. */
  public @Nullable String userName() {
    return userName;
  }

  void userName(@Nullable String proven) {
    userName = proven;
  }

  /** What whoever let its latest client in says of it, or null. */
  @Nullable Permissions granted() {
    return granted;
  }

  void granted(@Nullable Permissions newest) {
    granted = newest;
  }

  /** What its client may do. */
  Permissions permissions() {
    return permissions;
  }

  boolean mayReceive(TopicName topic) {
    return permissions.receive(topic) == ReasonCode.SUCCESS;
  }

  void permissions(Permissions newest) {
    permissions = newest;
  }

  /** Its client tries what it may not: publish or subscribe, to this. */
  void denied(String action, Object topic, long nowMillis) {
    shard.counters().countDenied();
    if (!denialIsLogged) {
      denialIsLogged = true;
      shard.log().denied(clientId, userName, action + " to " + topic, nowMillis);
    }
  }

  /** It has ended, or another shard has it. */
  boolean isOver() {
    return isOver;
  }

  public boolean isConnected() {
    return connection != null;
  }

  /** How long it outlives its connection, in seconds; 4 294 967 295 means for ever. */
  public long expirySeconds() {
    return expirySeconds;
  }

  public Collection<Subscription> subscriptions() {
    return List.copyOf(subscriptions.values());
  }

  /** Messages that wait to be sent. */
  public int queuedMessages() {
    return waiting.size();
  }

  /** Bytes of those messages. */
  public long queuedBytes() {
    return waiting.bytes();
  }

  /** Messages that were sent and are not acknowledged. */
  public int inFlight() {
    return window.size();
  }

  Counters counters() {
    return shard.counters();
  }

  // ---- durability

  Ledger ledger() {
    return shard.ledger();
  }

  /** It survives the process, from its begin to its end. */
  boolean isDurable() {
    return records != null;
  }

  @Nullable SessionRecords records() {
    return records;
  }

  void records(SessionRecords its) {
    records = its;
  }

  /** Writes down how it is now, apart from what has records of its own. */
  void putRecord() {
    SessionRecords kept = records;
    if (kept != null && !isOver) {
      kept.put(this);
    }
  }

  /** Some of its messages wait in its records, and it can use them now. */
  boolean wantsPage() {
    return !isOver && isConnected() && waiting.hasPaged();
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
    return !isOver && !isConnected() && waiting.unpageShared(itsBytes);
  }

  /** A message whose record is of no use any more. */
  void unreadable(int itsBytes, int packetId, long nowMillis) {
    waiting.unpage(itsBytes);
    giveBack(packetId);
    dropped(DropReason.DAMAGED, 1, nowMillis);
  }

  /** There is no message that may have been sent under this identifier. */
  void giveBack(int packetId) {
    if (window.isReserved(packetId)) {
      window.giveBack(packetId);
    }
  }

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
      dropped(DropReason.QUEUE_FULL, 1, nowMillis);
      return;
    }
    boolean isPaged = !isShared && (connection == null || waiting.isLong());
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
    if (isOver) {
      if (isHere && isShared) {
        shares().redeliver(stored, nowMillis);
      }
    } else if (!isHere) {
      pump(nowMillis); // it is in its record only
    } else {
      arrivedHere(kept, stored, isShared, nowMillis);
      settle(nowMillis); // it may have been too large, so that nobody acknowledges it
    }
    goOnIfDecided();
  }

  private void arrivedHere(SessionRecords kept, Delivery stored, boolean isShared, long nowMillis) {
    boolean isReserved = stored.packetId() != 0;
    if (!isReserved) {
      waiting.hasCome(stored);
    }
    if (connection == null && isShared) { // others may get it
      if (isReserved) {
        window.giveBack(stored.packetId());
        stored = kept.withoutPacketId(stored);
      }
      shares().setApart(stored, nowMillis);
    } else if (isReserved) {
      sendReserved(stored, nowMillis);
    } else if (!isShared && (connection == null || waiting.hasPaged())) {
      page(kept, stored);
      pump(nowMillis);
    } else {
      sendOrQueue(stored, nowMillis);
    }
  }

  private void sendReserved(Delivery stored, long nowMillis) {
    ServerConnection to = connection;
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

  /** This message is done with. */
  void forget(Delivery delivery) {
    SessionRecords kept = records;
    if (kept != null && delivery.isStored()) {
      kept.remove(delivery);
    }
  }

  /** All that was set down of it. */
  private void endRecords(SessionRecords kept) {
    subscriptions.values().forEach(kept::remove);
    for (int packetId : received.toArray()) {
      kept.notReceived(packetId);
    }
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
    kept.end(waiting.hasPaged());
  }

  // ---- connection

  @Nullable ServerConnection connection() {
    return connection;
  }

  /** Its connection as a publisher. */
  @Nullable LocalPublisher publisher() {
    ServerConnection attached = connection;
    return attached == null ? null : attached.publisher();
  }

  /**
   * @param receiveMaximum how many QoS 1 and 2 messages the client takes at a time
   */
  void attach(ServerConnection attached, int receiveMaximum, long nowMillis) {
    connection = attached;
    denialIsLogged = false;
    willAtMillis = Engine.NO_DEADLINE;
    endsAtMillis = Engine.NO_DEADLINE;
    rejoin();
    window.resume(receiveMaximum); // [MQTT5-4.4.0-1], [MQTT3-4.4.0-1]
    pump(nowMillis);
  }

  void detach() {
    connection = null;
    waiting.drained();
  }

  /** The CONNECT that it belongs to. */
  Owner owner() {
    return owner;
  }

  void owner(Owner newest) {
    owner = newest;
  }

  OutboundWindow window() {
    return window;
  }

  Waiting waiting() {
    return waiting;
  }

  void forEachQueued(Consumer<Delivery> action) {
    rejoin();
    waiting.forEach(action);
  }

  /** Takes all that waits out of the session. */
  @Nullable MessageQueue takeQueue() {
    rejoin();
    return waiting.takeQueue();
  }

  // ---- delivery

  /** Sends now, or lets it wait, or drops it with a reason [MQTT5-4.5.0-1], [MQTT3-4.5.0-1]. */
  void deliver(Delivery delivery, long nowMillis) {
    ServerConnection to = connection;
    if (delivery.qos() == QoS.AT_MOST_ONCE) {
      if (to == null || !to.isConnected()) {
        dropped(DropReason.OFFLINE, 1, nowMillis);
      } else if (!to.hasRoom()) {
        dropped(DropReason.OUTBOX_FULL, 1, nowMillis);
      } else if (shard.budget().isFull()) {
        dropped(DropReason.MEMORY_FULL, 1, nowMillis);
      } else if (fits(to, delivery, nowMillis)) {
        to.sendPublish(delivery, 0, false, nowMillis);
        shard.counters().countDelivered(QoS.AT_MOST_ONCE, delivery.message());
      }
    } else if (records != null) {
      store(records, delivery, nowMillis);
    } else if (delivery.message().qos() == QoS.EXACTLY_ONCE && shard.ledger().isBusy()) {
      // To nobody before it is stored for those who need that.
      waiting.comes(delivery);
      shard.ledger().whenStored(now -> sendOrQueueUnlessOver(delivery, now), nowMillis);
    } else {
      sendOrQueue(delivery, nowMillis);
    }
  }

  private void sendOrQueueUnlessOver(Delivery delivery, long nowMillis) {
    waiting.hasCome(delivery);
    if (!isOver) {
      sendOrQueue(delivery, nowMillis);
      settle(nowMillis);
    } else if (delivery.sharedFilter() != null) {
      shares().redeliver(delivery, nowMillis);
    }
  }

  /** One that another shard or the journal has had. */
  void sendOrQueue(Delivery delivery, long nowMillis) {
    ServerConnection to = connection;
    if (to != null && sendsAtOnce() && shard.budget().isFull()) {
      waiting.add(delivery, nowMillis); // where it is there once for all who get it
      to.pollAgain();
    } else if (to != null && sendsAtOnce()) {
      sendFirst(to, delivery, nowMillis);
    } else {
      waiting.add(delivery, nowMillis);
    }
  }

  /** A mistake of ours hit this session: it loses its connection, and nobody else anything. */
  void fail(RuntimeException failure) {
    shard.log().failed(this, failure);
    ServerConnection broken = connection;
    if (broken != null) {
      broken.disconnect(
          ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, DisconnectCause.SERVER_DISCONNECT);
    }
  }

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
    ServerConnection to = connection;
    return to != null && to.hasRoom();
  }

  /** While memory is scarce: a little waits for a client that does not let it wait long. */
  private boolean canSendSoon() {
    ServerConnection to = connection;
    return to != null && acknowledges() && to.hasLittleRoom();
  }

  /** A number that changes when its answers to {@link #isIdle} and its like do. */
  int capacity() {
    return (isConnected() ? 1 : 0)
        | (canSend() ? 2 : 0)
        | (isIdle() ? 4 : 0)
        | (waiting.canTake(0) ? 8 : 0);
  }

  /** Retained messages for a new subscription, which follow as the client takes them. */
  void feed(RetainedFeed feed, long nowMillis) {
    RetainedFeeds retained = feeds;
    if (retained == null) {
      retained = new RetainedFeeds(this, shard.budget());
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
    ServerConnection to = connection;
    if (to == null || (!waiting.hasQueue() && feeds == null && window.isEmpty())) {
      return;
    }
    SessionRecords kept = records;
    if (kept != null && waiting.hasPaged()) {
      boolean isStuck = window.isEmpty() && !window.hasFreeId(); // all are of what is not loaded
      if (isStuck || waiting.wantsPage()) {
        kept.load(this);
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

  /** Messages that will never be delivered because the session ends. */
  void discard(long nowMillis) {
    SessionRecords kept = records;
    long arriving =
        kept == null
            ? 0
            : kept.arriving().stream().filter(each -> each.sharedFilter() == null).count();
    int lost = window.size() + queuedMessages() + (int) arriving; // others may still get the rest
    if (lost > 0) {
      dropped(DropReason.SESSION_ENDED, lost, nowMillis);
    }
    if (kept != null) {
      rejoin();
      endRecords(kept);
    }
    clear();
  }

  /** Forgets everything: another shard has it. */
  void clear() {
    rejoin();
    window.clear();
    received.clear();
    undecided = null;
    waiting.clear();
    if (feeds != null) {
      feeds.close();
      feeds = null;
    }
    will = null;
    isOver = true;
    count();
  }

  /** Tells the budget what it holds beside messages, where that has changed. */
  void count() {
    Will left = will;
    int now =
        isOver
            ? 0
            : OVERHEAD_BYTES
                + clientId.length()
                + received.heldBytes()
                + (records == null ? 0 : RECORDS_BYTES)
                + (left == null
                    ? 0
                    : WILL_BYTES
                        + left.topic().length()
                        + left.payload().length()
                        + left.properties().contentLength());
    if (now != heldBytes) {
      shard.budget().held().add(now - heldBytes);
      heldBytes = now;
    }
  }

  private void sendFirst(ServerConnection to, Delivery delivery, long nowMillis) {
    if (!fits(to, delivery, nowMillis)) {
      return;
    }
    int packetId = delivery.qos() == QoS.AT_MOST_ONCE ? 0 : window.open(delivery);
    shard.counters().countDelivered(delivery.qos(), delivery.message());
    SessionRecords kept = records;
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
    if (connection == to && to.isConnected() && window.published(packetId) == delivery) {
      to.sendPublish(delivery, packetId, false, nowMillis);
    }
  }

  private boolean fits(ServerConnection to, Delivery delivery, long nowMillis) {
    if (to.fits(delivery, nowMillis)) {
      return true;
    }
    dropped(DropReason.TOO_LARGE, 1, nowMillis); // [MQTT5-3.1.2-25]
    forget(delivery);
    return false;
  }

  private void resend(ServerConnection to, int packetId, long nowMillis) {
    boolean isFirst = window.isFirstTime();
    Delivery delivery = window.published(packetId);
    if (delivery == null) {
      to.sendPubRel(packetId, ReasonCode.SUCCESS); // [MQTT5-4.4.0-1]
    } else if (!mayReceive(delivery.message().topic())) {
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

  private void drop(int packetId, Delivery delivery, DropReason reason, long nowMillis) {
    close(packetId, delivery);
    dropped(reason, 1, nowMillis);
  }

  /** The exchange of a message that was sent is over. */
  void close(int packetId, Delivery delivery) {
    window.close(packetId);
    SessionRecords kept = records;
    if (kept != null && delivery.isStored()) {
      kept.acknowledged(packetId, delivery);
    }
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
        forget(delivery);
        dropped(DropReason.EXPIRED, 1, nowMillis); // [MQTT5-3.3.2-5]
      } else if (mayReceive(delivery.message().topic())) {
        return delivery;
      } else if (isForOthers(delivery)) {
        shares().setApart(delivery, nowMillis);
      } else {
        forget(delivery);
        dropped(DropReason.NOT_PERMITTED, 1, nowMillis);
      }
    }
    return nextRetained(to, nowMillis);
  }

  private Delivery notSent(int packetId, Delivery delivery) {
    SessionRecords kept = records;
    return kept != null && delivery.isStored() ? kept.notSent(packetId, delivery) : delivery;
  }

  private @Nullable Delivery takeBack() {
    Shares part = shares;
    return part == null ? null : part.takeBack();
  }

  /** Whether members of a group that it has left may have a message that it may not. */
  private boolean isForOthers(Delivery delivery) {
    TopicFilter filter = delivery.sharedFilter();
    Shares part = shares;
    return filter != null && part != null && subscription(filter) == null && part.hasOthers(filter);
  }

  void dropped(DropReason reason, int messages, long nowMillis) {
    shard.counters().countDropped(reason, messages);
    shard.log().dropped(this, reason, messages, nowMillis);
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

  // ---- shared subscriptions

  /** It has become a member of one. */
  void share(SharedRouting routing) {
    if (shares == null) {
      shares = new Shares(this, routing);
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
      SessionRecords kept = records;
      if (kept != null && delivery.isStored()) {
        kept.released(packetId, delivery);
        ServerConnection from = connection;
        shard.ledger().whenStored(now -> sendStoredPubRel(from, packetId), nowMillis);
        return null;
      }
    } else if (!window.isReleased(packetId)) {
      answer = ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
    }
    ServerConnection to = connection;
    if (to != null) {
      to.sendPubRel(packetId, answer); // [MQTT5-4.3.3-4]
    }
    return null;
  }

  private void sendStoredPubRel(@Nullable ServerConnection to, int packetId) {
    if (to != null && connection == to && to.isConnected() && window.isReleased(packetId)) {
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
      SessionRecords kept = records;
      if (kept != null) {
        kept.completed(packetId);
      }
    }
    return null;
  }

  private void countAcknowledged() {
    acknowledged = Math.min(acknowledged + 1, KEEPING_UP);
  }

  ReceivedIds received() {
    return received;
  }

  /** A QoS 2 message's connection has ended before its PUBREC was decided. */
  void addUndecided(int packetId) {
    ReceivedIds ids = undecided == null ? new ReceivedIds() : undecided;
    ids.add(packetId);
    undecided = ids;
  }

  /** Whether a repetition of this QoS 2 message has to wait for the decision on the first one. */
  boolean isUndecided(int packetId) {
    return undecided != null && undecided.contains(packetId);
  }

  /**
   * Whether all that it has published at QoS 2 is decided on, and all that it gets is stored.
   *
   * @param otherwise called when it is
   */
  boolean isDecided(Runnable otherwise) {
    whenDecided = isSettled() ? null : otherwise;
    return isSettled();
  }

  private boolean isSettled() {
    return undecided == null && (records == null || records.arriving().isEmpty());
  }

  /** The decision on a QoS 2 message of an earlier connection. */
  void decideLate(int packetId, ReasonCode reasonCode) {
    ReceivedIds ids = undecided;
    if (ids == null || !ids.remove(packetId)) {
      return;
    }
    undecided = ids.size() == 0 ? null : ids;
    ServerConnection to = connection;
    if (to != null && to.isConnected()) {
      to.decide(packetId, reasonCode);
    }
    if (reasonCode.isError()) {
      received.remove(packetId); // [MQTT5-4.3.3-9]
    }
    goOnIfDecided();
  }

  private void goOnIfDecided() {
    Runnable then = whenDecided;
    if (then != null && isSettled()) {
      whenDecided = null;
      then.run();
    }
  }

  private static void check(boolean expected, String packet, int packetId) {
    if (!expected) {
      throw new MqttViolation(
          ReasonCode.PROTOCOL_ERROR,
          Statement.MQTT5_4_3_3_3,
          packet + " does not fit the message with packet identifier " + packetId);
    }
  }

  // ---- subscriptions

  @Nullable Subscription subscription(TopicFilter filter) {
    return subscriptions.get(filter);
  }

  /** Whether one of its subscriptions is shared, or was. */
  boolean hasShared() {
    return hasShared;
  }

  int subscriptionCount() {
    return subscriptions.size();
  }

  void put(Subscription subscription) {
    if (subscriptions.isEmpty()) {
      subscriptions = new HashMap<>(4);
    }
    subscriptions.put(subscription.filter(), subscription);
    hasShared = hasShared || subscription.filter().isShared();
  }

  @Nullable Subscription remove(TopicFilter filter) {
    return subscriptions.isEmpty() ? null : subscriptions.remove(filter);
  }

  // ---- Will and end

  void expirySeconds(long seconds) {
    expirySeconds = seconds;
  }

  @Nullable Will will() {
    return will;
  }

  void will(@Nullable Will changed) {
    will = changed;
    willAtMillis = Engine.NO_DEADLINE;
    count();
  }

  Deadlines.Entry<Session> deadline() {
    return deadline;
  }

  /** The Will is due or the session ends: whichever comes first. */
  long deadlineMillis() {
    return Math.min(willAtMillis, endsAtMillis);
  }

  long willAtMillis() {
    return willAtMillis;
  }

  void willAt(long atMillis) {
    willAtMillis = atMillis;
  }

  long endsAtMillis() {
    return endsAtMillis;
  }

  void endsAt(long atMillis) {
    endsAtMillis = atMillis;
  }

  boolean hasEnded(long nowMillis) {
    return endsAtMillis <= nowMillis;
  }

  /** The Message that the Will has become, if its time has come; it is forgotten then. */
  @Nullable Message takeDueWill(long nowMillis) {
    Will due = will;
    if (due == null || willAtMillis > nowMillis) {
      return null;
    }
    will(null);
    putRecord();
    return Message.of(due, nowMillis);
  }

  @Override
  public String toString() {
    return "Session[" + clientId + "]";
  }
}
