package io.culvert.mqtt.server;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Engine;
import io.culvert.engine.Journal;
import io.culvert.engine.ShardLink;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Unsubscribe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sessions, subscriptions and retained messages of one shard, and the way of a message between
 * them. Plain Java without I/O, single-threaded: everything happens inside the call that causes it,
 * and what connections have to send afterwards is in their outboxes.
 *
 * <p>Whoever drives the connections hands their events to {@link #handle}, or takes the single
 * steps when it has decisions of its own to make; and calls {@link #timeout} at {@link
 * #deadlineMillis()}.
 */
public final class Broker {
  private final Limits limits;
  private final Counters counters = new Counters();
  private final ByteBudget budget;
  private final Quota connectingBytes;
  private final Retained retained;
  private final RetainedShards retainedShards;
  private final Router router;
  private final Sessions sessions;
  private final Peers peers;
  private final RemotePublishers remotePublishers;
  private final PeerMessages messages;
  private final Ledger ledger;
  private final Confirmations confirmations;

  /** Until all shards have read their records. */
  private @Nullable Recovery recovery;

  /**
   * The only shard.
   *
   * @param random chance, for assigned client identifiers and hashing; secure where clients are not
   *     trusted
   */
  public Broker(Limits limits, LongSupplier random) {
    this(limits, random, BrokerLog.NONE);
  }

  /**
   * As above.
   *
   * @param log told of messages that a session does not get, and of failures
   */
  public Broker(Limits limits, LongSupplier random, BrokerLog log) {
    this(ShardPlace.alone(), limits, random, log);
  }

  /**
   * One of several shards; {@link #join} follows before anything else.
   *
   * @param place the same for all, but for its number
   */
  public Broker(ShardPlace place, Limits limits, LongSupplier random, BrokerLog log) {
    this.limits = limits;
    this.ledger = new Ledger(place.records(), log);
    this.budget = new ByteBudget(place.heldBytes(), limits.nodeBytes());
    this.connectingBytes = place.connectingBytes();
    this.retained = new Retained(limits, budget, place, ledger, random.getAsLong());
    this.peers = new Peers(place, budget.held());
    this.confirmations = new Confirmations(peers);
    this.retainedShards = new RetainedShards(retained, budget, peers, ledger, counters);
    this.remotePublishers = new RemotePublishers(peers, limits.holdPublisherMillis());
    this.router =
        new Router(
            limits,
            budget,
            counters,
            retained,
            retainedShards,
            peers,
            remotePublishers,
            ledger,
            confirmations,
            random);
    this.sessions =
        new Sessions(limits, budget, counters, log, router, retainedShards, peers, ledger, random);
    this.messages =
        new PeerMessages(
            budget,
            peers,
            router,
            sessions.moves(),
            retainedShards,
            remotePublishers,
            confirmations);
  }

  /** How the other shards reach this one; what they ask is answered through {@link #join}. */
  public ShardLink.Receiver receiver() {
    return messages;
  }

  /** How this shard reaches the others. Whoever drives it flushes the link after each pass. */
  public void join(ShardLink link) {
    peers.join(link);
  }

  /**
   * From now on sessions that outlive their connections, and retained messages, survive the
   * process. Comes before anything else but {@link #join}; {@link #recover} follows.
   *
   * @param journal whose completions run on this thread
   * @param clock the time that this broker is told, in milliseconds
   * @param wallOffsetMillis what that lacks to the time of day
   * @param wake told when {@link #flush} has something to do
   */
  public void durable(Journal journal, LongSupplier clock, long wallOffsetMillis, Wake wake) {
    ledger.open(journal, clock, wallOffsetMillis, wake);
    confirmations.wake(wake);
  }

  /** Whether it was made {@link #durable}. */
  public boolean isDurable() {
    return ledger.isDurable();
  }

  /**
   * Takes the sessions and retained messages of this shard out of the journal. {@link #recovered}
   * follows when all shards have.
   *
   * @param done called when all are there, and the other shards know what they subscribe to
   */
  public void recover(Consumer<Recovered> done) {
    Recovery begun = new Recovery(peers.place(), ledger, sessions, router, retained);
    recovery = begun;
    begun.start(done);
  }

  /**
   * All shards are done with {@link #recover}. Until then no Will is published and no session ends:
   * not all who would get it are known, nor all who need the same payloads.
   */
  public void recovered() {
    Recovery over = recovery;
    recovery = null;
    if (over != null) {
      over.removeLeftovers();
    }
  }

  /**
   * Hands to the journal what has changed, and tells the other shards what is stored. Called after
   * each pass, before the link is flushed.
   */
  public void flush() {
    ledger.flush();
    confirmations.flush();
  }

  /** Who may do what from now on, also in the sessions that there are. */
  public void authorization(Authorization authorization, long nowMillis) {
    sessions.authorization(authorization, nowMillis);
  }

  /** Ends the connections of users who are not welcome any more (0x87). */
  public void endConnectionsOf(Predicate<String> isUnwelcome) {
    sessions.endConnectionsOf(isUnwelcome);
  }

  /** Does what an event asks for, as far as the client may. */
  public void handle(ServerConnection connection, ServerEvent event, long nowMillis) {
    if (event instanceof ServerEvent.Published published) {
      Publish publish = published.publish();
      router.publish(connection, publish, published.topic(), nowMillis);
    } else if (event instanceof ServerEvent.ConnectRequested requested) {
      connect(connection, requested.connect(), nowMillis);
    } else if (event instanceof ServerEvent.SubscribeRequested requested) {
      subscribe(connection, requested, nowMillis);
    } else if (event instanceof ServerEvent.UnsubscribeRequested requested) {
      unsubscribe(connection, requested.unsubscribe(), nowMillis);
    } else if (event instanceof ServerEvent.Disconnected disconnected) {
      MqttViolation violation = disconnected.violation();
      if (violation != null) {
        counters.countViolation(violation.reasonCode());
      }
      counters.countEnded(disconnected.cause());
      disconnected(connection, disconnected.cause(), nowMillis);
    } else { // enhanced authentication, of which a broker alone knows no method
      refuseAuth(connection, ReasonCode.BAD_AUTHENTICATION_METHOD, "no such method here");
    }
  }

  // ---- connect and disconnect

  /**
   * The server's end of a connection that has just come. Where no memory is left it is closed at
   * once.
   *
   * @param own limits of its listener
   * @param pool of this thread
   * @param wake told when the outbox or the status changed outside of the driver's own calls
   * @param log told of each packet, or null
   */
  public ServerConnection open(
      Limits own, BufferPool pool, Wake wake, @Nullable PacketLog log, long nowMillis) {
    ServerConnection opened =
        new ServerConnection(own, connectingBytes, budget, pool, wake, log, nowMillis);
    budget.refresh();
    if (budget.isCritical()) {
      counters.countRefusedForMemory(MemoryRefusal.CONNECTION);
      opened.refuse();
    }
    return opened;
  }

  /** Accepts a CONNECT, or refuses it where the protocol or a limit says so. */
  public void connect(ServerConnection connection, Connect connect, long nowMillis) {
    sessions.connect(connection, connect, nowMillis);
  }

  /** Refuses a CONNECT because whoever drives the connection says so. */
  public void refuse(ServerConnection connection, ReasonCode reasonCode) {
    if (connection.isAwaitingConnectDecision()) { // or it has ended meanwhile
      counters.countRefusedConnect(reasonCode);
      connection.rejectConnect(reasonCode);
    }
  }

  /**
   * As above for a client that authenticates by a method, or does so again.
   *
   * @param reason in words, for the client
   */
  public void refuseAuth(ServerConnection connection, ReasonCode reasonCode, String reason) {
    if (!connection.isConnected()) {
      counters.countRefusedConnect(reasonCode);
    }
    connection.rejectAuth(reasonCode, reason);
  }

  /**
   * A connection has ended: its Will, and the end of its session, now or later. A driver that has
   * lost a connection whose engine still awaited a decision calls this itself.
   */
  public void disconnected(ServerConnection connection, DisconnectCause cause, long nowMillis) {
    sessions.disconnected(connection, cause, nowMillis);
  }

  /**
   * Ends all connections because the server stops; MQTT 5 clients are told (0x8B). Whoever connects
   * from now on is refused.
   */
  public void stop() {
    sessions.stop();
  }

  /**
   * Refuses whoever connects from now on, because the server is about to be left. Those who are
   * connected stay until {@link #drain} or {@link #stop}.
   *
   * @param permanently whether clients shall never come back (0x9D)
   * @return how many clients are connected
   */
  public int leave(boolean permanently) {
    return sessions.leave(permanently);
  }

  /**
   * Lets the connected clients go one after the other, evenly over a time, after {@link #leave};
   * sessions are kept. MQTT 5 clients are told where to go, if the limits say it (0x9C, else 0x8B).
   * Called again, this goes on in the new time, and only the new {@code done} is called.
   *
   * @param spreadMillis 0 for all at once
   * @param done called within a later {@link #timeout}, when the last was told
   */
  public void drain(long spreadMillis, long nowMillis, Runnable done) {
    sessions.drain(spreadMillis, nowMillis, done);
  }

  /** Clients that are still connected while they are let go. */
  public int leftToDrain() {
    return sessions.leftToDrain();
  }

  /**
   * Ends the connection of a client.
   *
   * @param reasonCode one of DISCONNECT; before MQTT 5 it cannot be told
   * @return whether it had one here
   */
  public boolean disconnect(String clientId, ReasonCode reasonCode, Properties properties) {
    return sessions.disconnect(clientId, reasonCode, properties);
  }

  /**
   * Ends a session, and its connection (0x98).
   *
   * @return whether there was one here
   */
  public boolean endSession(String clientId, long nowMillis) {
    return sessions.delete(clientId, nowMillis);
  }

  // ---- publish

  /**
   * Publishes what a client sent. Topic, payload and properties may be borrowed.
   *
   * @return what PUBACK or PUBREC says
   */
  public ReasonCode publish(
      @Nullable Session source, Publish publish, TopicName topic, long nowMillis) {
    return router.publish(source, publish, topic, nowMillis);
  }

  /**
   * Publishes a message that owns its bytes: a Will, or one of the server's own.
   *
   * @return what PUBACK would say
   */
  public ReasonCode publish(@Nullable Session source, Message message, long nowMillis) {
    return router.publish(source, message, nowMillis);
  }

  /** Publishes one of the server's own messages below {@code $SYS}, where no client may publish. */
  public void publishSys(Message message, long nowMillis) {
    router.publishSys(message, nowMillis);
  }

  // ---- subscribe

  /** Grants what can be granted, answers with SUBACK, and starts to send retained messages. */
  public void subscribe(
      ServerConnection connection, ServerEvent.SubscribeRequested requested, long nowMillis) {
    Session session = connection.session();
    if (session == null || session.connection() != connection) {
      return; // taken over meanwhile
    }
    long changes = ledger.changes();
    List<ReasonCode> reasonCodes = new ArrayList<>(requested.requests().size());
    Map<TopicFilter, Subscription> feeds = new LinkedHashMap<>(2);
    for (SubscriptionRequest request : requested.requests()) { // [MQTT5-3.8.4-5], [MQTT5-3.9.3-1]
      ReasonCode reasonCode = subscribe(session, request, requested.identifier(), feeds, nowMillis);
      if (reasonCode.isError()) {
        counters.countRefusedSubscription(reasonCode);
      }
      reasonCodes.add(reasonCode);
    }
    LongConsumer answer =
        now -> {
          connection.acceptSubscribe(reasonCodes); // [MQTT5-3.8.4-1]
          feeds.values().forEach(each -> feed(each, now));
          router.shared().timeout(now);
        };
    Awaited all = new Awaited();
    all.more();
    router.routes().whenKnown(all::done, nowMillis);
    whenStored(changes, all, nowMillis);
    all.then(answer, nowMillis);
  }

  /** Also where its connection is lost meanwhile: for the next one the subscription is not new. */
  private void feed(Subscription subscription, long nowMillis) {
    Session session = subscription.session();
    Subscription latest = session.subscription(subscription.filter());
    if (latest != null && !session.isOver()) {
      RetainedFeed feed = retainedShards.feed(subscription);
      feed.replaced(subscription, latest);
      session.outgoing().feed(feed, nowMillis);
    }
  }

  private void whenStored(long changes, Awaited all, long nowMillis) {
    if (ledger.changes() != changes) {
      all.more();
      ledger.whenStored(all::done, nowMillis);
    }
  }

  /** Ends subscriptions and answers with UNSUBACK; what is in flight is finished. */
  public void unsubscribe(ServerConnection connection, Unsubscribe unsubscribe, long nowMillis) {
    Session session = connection.session();
    if (session == null || session.connection() != connection) {
      return;
    }
    long changes = ledger.changes();
    SessionRecords records = session.records();
    List<ReasonCode> reasonCodes = new ArrayList<>(unsubscribe.filters().size());
    for (String text : unsubscribe.filters()) { // [MQTT5-3.10.4-6], [MQTT5-3.11.3-1]
      TopicFilter filter = SubscribeChecks.parse(text);
      if (filter == null) {
        reasonCodes.add(ReasonCode.TOPIC_FILTER_INVALID);
      } else {
        Subscription removed = session.remove(filter);
        if (removed != null) {
          if (records != null) {
            records.remove(removed);
          }
          router.remove(removed, nowMillis);
          if (filter.isShared()) {
            router.shared().unsubscribed(session, filter, nowMillis);
          }
        }
        reasonCodes.add(removed == null ? ReasonCode.NO_SUBSCRIPTION_EXISTED : ReasonCode.SUCCESS);
      }
    }
    Awaited all = new Awaited();
    whenStored(changes, all, nowMillis);
    all.then(now -> connection.acceptUnsubscribe(reasonCodes), nowMillis); // [MQTT5-3.10.4-4]
  }

  private ReasonCode subscribe(
      Session session,
      SubscriptionRequest request,
      int identifier,
      Map<TopicFilter, Subscription> feeds,
      long nowMillis) {
    if (request.refusal() != ReasonCode.SUCCESS) {
      return request.refusal();
    }
    TopicFilter filter = Objects.requireNonNull(request.filter());
    ReasonCode answer =
        Permissions.in(
            PacketType.SUBACK, session.permissions().subscribe(filter, request.options().qos()));
    if (answer != ReasonCode.SUCCESS) {
      session.denied("subscribe", filter, nowMillis);
      return answer;
    }
    Subscription before = session.subscription(filter);
    boolean isNew = before == null;
    if (isNew && session.subscriptionCount() >= limits.subscriptionsPerSession()) {
      return ReasonCode.QUOTA_EXCEEDED;
    }
    if (isNew && budget.isScarce()) {
      counters.countRefusedForMemory(MemoryRefusal.SUBSCRIPTION);
      return ReasonCode.QUOTA_EXCEEDED;
    }
    SessionRecords records = session.records();
    if (records != null && !ledger.isReady()) {
      return ReasonCode.QUOTA_EXCEEDED;
    }
    Subscription subscription = new Subscription(session, filter, request.options(), identifier);
    session.put(subscription);
    if (records != null) {
      records.put(subscription);
    }
    router.add(subscription);
    RetainHandling handling = request.options().retainHandling();
    boolean sendRetained = // [MQTT5-3.3.1-10], [MQTT5-3.3.1-11]
        handling == RetainHandling.SEND || (handling == RetainHandling.SEND_IF_NEW && isNew);
    if (sendRetained && !filter.isShared() && limits.retainAvailable()) {
      feeds.put(filter, subscription); // [MQTT5-3.3.1-9]
    } else if (before != null) {
      session.outgoing().goOnFeeding(before, subscription); // [MQTT5-3.8.4-4]
    }
    // [MQTT5-3.2.2-10], [MQTT5-3.8.4-7]
    return ReasonCode.granted(request.options().qos().min(limits.maximumQos()));
  }

  // ---- time

  /** When to call {@link #timeout}; may be early, never late. */
  public long deadlineMillis() {
    if (recovery != null) {
      return Engine.NO_DEADLINE;
    }
    return Math.min(
        Math.min(sessions.deadlineMillis(), retained.deadlineMillis()),
        router.shared().deadlineMillis());
  }

  /**
   * Publishes delayed Wills, ends expired sessions and forgets expired retained messages; where
   * there are very many, the rest the next time. Early and repeated calls are harmless.
   */
  public void timeout(long nowMillis) {
    budget.refresh();
    if (recovery != null) {
      return;
    }
    retained.timeout(nowMillis);
    sessions.timeout(nowMillis);
    router.shared().timeout(nowMillis);
  }

  // ---- queries

  public Counters counters() {
    return counters;
  }

  /** What the clients of this shard make the node hold, in bytes of memory, roughly. */
  public long heldBytes() {
    return budget.held().bytes();
  }

  /** For tests: something else holds so much. */
  void hold(long bytes) {
    budget.held().add(bytes);
    budget.refresh();
  }

  /** For tests. */
  int namedPublishers() {
    return remotePublishers.named();
  }

  /** For tests. */
  int heldElsewhere() {
    return remotePublishers.heldElsewhere();
  }

  /** For tests: other shards have messages of shared groups that this one has not asked for. */
  boolean isAnythingOffered() {
    return router.sharedShards().isAnythingOffered();
  }

  /** Clients that are connected. */
  public int connectedCount() {
    return sessions.connected();
  }

  public int sessionCount() {
    return sessions.size();
  }

  /** The Client Identifiers of all sessions here, in no order. */
  public List<String> clientIds() {
    return sessions.clientIds();
  }

  /** A session as it is now, or null where there is none here. */
  public @Nullable SessionView view(String clientId, long nowMillis) {
    Session known = sessions.get(clientId);
    return known == null ? null : SessionView.of(known, nowMillis);
  }

  /** The retained messages of this shard that a filter matches. */
  public RetainedTree.Cursor<Message> retained(TopicFilter filter) {
    return retained.match(filter);
  }

  public @Nullable Session session(String clientId) {
    return sessions.get(clientId);
  }

  /** Clients of all shards that fight for a Client Identifier now. */
  public int fights(long nowMillis) {
    return peers.place().takeOvers().fights(nowMillis);
  }

  public int subscriptionCount() {
    return router.subscriptionCount();
  }

  /** Those of them that are shared. */
  public int sharedSubscriptionCount() {
    return router.sharedSubscriptionCount();
  }

  public int retainedCount() {
    return retained.size();
  }

  public long retainedBytes() {
    return retained.bytes();
  }
}
