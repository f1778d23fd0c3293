package io.culvert.mqtt.server;

import io.culvert.engine.Deadlines;
import io.culvert.engine.Engine;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.HeldBytes;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Will;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker keeps of one Client Identifier: who that is, its subscriptions, the Will, and
 * when all this ends; messages in flight and waiting are in its {@code Outgoing}. Outlives
 * connections. Owned by one {@link Broker}, on its thread.
 */
public final class Session {
  /** The expiry of a session that never ends by itself. */
  static final long NEVER_SECONDS = 0xffff_ffffL;

  /** This object with its window, its queue and its places in directories, roughly. */
  private static final int OVERHEAD_BYTES = 1024;

  /** What is known of its records, roughly. */
  private static final int RECORDS_BYTES = 200;

  /** Of a Will beside its bytes. */
  private static final int WILL_BYTES = 200;

  private final String clientId;

  /** What it holds in any case; asked for with every packet, when the identifier is not at hand. */
  private final int ownBytes;

  private final ShardParts shard;
  private final Outgoing outgoing;
  private final ReceivedIds received = new ReceivedIds();
  private final Deadlines.Entry<Session> deadline;
  private @Nullable LateDecisions late;
  private Map<TopicFilter, Subscription> subscriptions = Map.of();
  private @Nullable SessionRecords records;
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
  private boolean isOver;

  /** Marks this session as a target of the publish with this number; see {@link Targets}. */
  long pass;

  /** Where it stands among the targets of that publish. */
  int target;

  /** Shards, as bits, whose messages it gets elsewhere while it moves; see {@link SessionMoves}. */
  long deafTo;

  Session(String clientId, ShardParts shard, Deadlines<Session> deadlines) {
    this.clientId = clientId;
    this.ownBytes = OVERHEAD_BYTES + clientId.length();
    this.shard = shard;
    this.outgoing = new Outgoing(this, shard);
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
    return outgoing.waiting().size();
  }

  /** Bytes of those messages. */
  public long queuedBytes() {
    return outgoing.waiting().bytes();
  }

  /** Messages that were sent and are not acknowledged. */
  public int inFlight() {
    return outgoing.window().size();
  }

  Counters counters() {
    return shard.counters();
  }

  /** What it has to send, and has sent. */
  Outgoing outgoing() {
    return outgoing;
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

  /** This message is done with. */
  void forget(Delivery delivery) {
    SessionRecords kept = records;
    if (kept != null && delivery.isStored()) {
      kept.remove(delivery);
    }
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
    outgoing.resume(receiveMaximum, nowMillis);
  }

  void detach() {
    connection = null;
    outgoing.waiting().drained();
  }

  /** The CONNECT that it belongs to. */
  Owner owner() {
    return owner;
  }

  void owner(Owner newest) {
    owner = newest;
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

  /** Messages that it does not get. */
  void dropped(DropReason reason, int messages, long nowMillis) {
    shard.counters().countDropped(reason, messages);
    shard.log().dropped(this, reason, messages, nowMillis);
  }

  // ---- what its client publishes at QoS 2

  /** The identifiers of messages that its client has not released. */
  ReceivedIds received() {
    return received;
  }

  /** Of these messages, those that are decided on when their connection has ended. */
  LateDecisions lateDecisions() {
    LateDecisions its = late;
    if (its == null) {
      its = new LateDecisions(this);
      late = its;
    }
    return its;
  }

  /** Whether a repetition of this message has to wait for the decision on the first one. */
  boolean isUndecided(int packetId) {
    LateDecisions its = late;
    return its != null && its.contains(packetId);
  }

  /** The decision on a message of an earlier connection. */
  void decideLate(int packetId, ReasonCode reasonCode) {
    LateDecisions its = late;
    if (its != null) {
      its.decide(packetId, reasonCode);
      forgetIfEmpty(its);
    }
  }

  /** Something that it gets is stored: see {@link LateDecisions#isSettled}. */
  void goOnIfSettled() {
    LateDecisions its = late;
    if (its != null) {
      its.goOn();
      forgetIfEmpty(its);
    }
  }

  private void forgetIfEmpty(LateDecisions its) {
    if (its.isEmpty()) {
      late = null;
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

  /** Messages that will never be delivered because the session ends. */
  void discard(long nowMillis) {
    int lost = outgoing.lostAtEnd();
    if (lost > 0) {
      dropped(DropReason.SESSION_ENDED, lost, nowMillis);
    }
    SessionRecords kept = records;
    if (kept != null) {
      outgoing.rejoin();
      endRecords(kept);
    }
    clear();
  }

  /** All that was set down of it. */
  private void endRecords(SessionRecords kept) {
    subscriptions.values().forEach(kept::remove);
    for (int packetId : received.toArray()) {
      kept.notReceived(packetId);
    }
    outgoing.removeRecords(kept);
    kept.end(outgoing.waiting().hasPaged());
  }

  /** Forgets everything: another shard has it. */
  void clear() {
    outgoing.clear();
    received.clear();
    if (late != null) {
      late.forget();
    }
    will = null;
    isOver = true;
    count();
  }

  // ---- memory

  /** Where what it leaves behind is counted. */
  HeldBytes held() {
    return shard.budget().held();
  }

  /** Tells the budget what it holds beside messages, where that has changed. */
  void count() {
    Will left = will;
    int now =
        isOver
            ? 0
            : ownBytes
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

  @Override
  public String toString() {
    return "Session[" + clientId + "]";
  }
}
