package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.Deadlines;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.FanOut;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
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
  private static final Bytes SYS = Bytes.utf8("$SYS/");
  private static final Bytes SHARE = Bytes.utf8("$share/");

  /** Sessions that one call of {@link #timeout} looks at, so that others have their turn. */
  private static final int TIMEOUT_STEPS = 1000;

  private final Limits limits;
  private final LongSupplier random;
  private final Counters counters = new Counters();
  private final BrokerLog log;
  private final Map<String, Session> sessions = new HashMap<>();
  private final TopicTree<Subscription> subscriptions;
  private final Retained retained;
  private final Deadlines<Session> deadlines = new Deadlines<>();
  private final FanOut<Subscription> fanOut = new FanOut<>();
  private final Targets targets = new Targets();
  private boolean stopped;

  /**
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
    this.limits = limits;
    this.log = log;
    this.random = random;
    this.subscriptions = new TopicTree<>(Subscription::session, random.getAsLong());
    this.retained = new Retained(limits, random.getAsLong());
  }

  /** Does what an event asks for, allowing everything. */
  public void handle(ServerConnection connection, ServerEvent event, long nowMillis) {
    if (event instanceof ServerEvent.Published published) {
      Publish publish = published.publish();
      ReasonCode reasonCode = publish(connection.session(), publish, published.topic(), nowMillis);
      if (publish.qos() != QoS.AT_MOST_ONCE) {
        connection.acceptPublish(publish.packetId(), reasonCode);
      }
    } else if (event instanceof ServerEvent.ConnectRequested requested) {
      connect(connection, requested.connect(), nowMillis);
    } else if (event instanceof ServerEvent.SubscribeRequested requested) {
      subscribe(connection, requested, nowMillis);
    } else if (event instanceof ServerEvent.UnsubscribeRequested requested) {
      unsubscribe(connection, requested.unsubscribe());
    } else if (event instanceof ServerEvent.Disconnected disconnected) {
      disconnected(connection, disconnected.cause(), nowMillis);
    }
  }

  // ---- connect and disconnect

  /** Accepts a CONNECT, or refuses it where the protocol or a limit says so. */
  public void connect(ServerConnection connection, Connect connect, long nowMillis) {
    if (!connection.isAwaitingConnectDecision()) {
      return; // it has ended while somebody decided
    }
    ReasonCode refusal = refusal(connect);
    if (refusal != ReasonCode.SUCCESS) {
      counters.countRefused();
      connection.rejectConnect(refusal);
      return;
    }
    boolean assigned = connect.clientId().isEmpty();
    String clientId = assigned ? newClientId() : connect.clientId();
    Grant grant = Grant.of(connect, limits);
    Properties properties = grant.properties(assigned ? clientId : null);
    if (!connection.fitsConnAck(properties)) {
      counters.countRefused();
      connection.rejectConnect(ReasonCode.PACKET_TOO_LARGE); // [MQTT5-3.1.2-24]
      return;
    }
    Session known = sessions.get(clientId);
    if (known != null) {
      takeOver(known, nowMillis);
      if (connect.cleanStart() || known.hasEnded(nowMillis)) {
        end(known, nowMillis); // [MQTT5-3.1.2-4]
      }
    }
    Session session = sessions.get(clientId); // [MQTT5-3.1.3-2], [MQTT5-3.1.2-5]
    boolean present = session != null; // [MQTT5-3.2.2-2], [MQTT5-3.2.2-3]
    if (session == null) {
      session = new Session(clientId, limits, counters, log, deadlines); // [MQTT5-3.1.2-6]
      sessions.put(clientId, session);
    }
    Will will = connect.will();
    session.will(will == null ? null : will.copy()); // [MQTT5-3.1.2-7]
    session.expirySeconds(grant.sessionExpirySeconds());
    connection.acceptConnect(session, present, grant.keepAliveSeconds(), properties, nowMillis);
    deadlines.remove(session.deadline());
    session.attach(connection, grant.receiveMaximum(), nowMillis);
  }

  /**
   * A connection has ended: its Will, and the end of its session, now or later. A driver that has
   * lost a connection whose engine still awaited a decision calls this itself.
   */
  public void disconnected(ServerConnection connection, DisconnectCause cause, long nowMillis) {
    connection.abandon(cause);
    if (cause == DisconnectCause.VIOLATION) {
      counters.countViolation();
    }
    Session session = connection.session();
    if (session != null && session.connection() == connection) {
      detach(session, cause, nowMillis);
    }
  }

  /**
   * Ends all connections because the server stops; MQTT 5 clients are told (0x8B). Whoever connects
   * from now on is refused.
   */
  public void stop() {
    stopped = true;
    for (Session session : List.copyOf(sessions.values())) {
      ServerConnection connection = session.connection();
      if (connection != null) {
        connection.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, DisconnectCause.SERVER_DISCONNECT);
      }
    }
  }

  private ReasonCode refusal(Connect connect) {
    if (stopped) {
      return ReasonCode.SERVER_UNAVAILABLE;
    }
    String clientId = connect.clientId();
    if (clientId.isEmpty()) {
      boolean mayBeAssigned =
          switch (connect.version()) {
            case MQTT_3_1 -> false;
            case MQTT_3_1_1 -> connect.cleanStart(); // [MQTT3-3.1.3-8]
            case MQTT_5 -> true;
          };
      if (!mayBeAssigned || !limits.emptyClientIdAllowed()) {
        return ReasonCode.CLIENT_IDENTIFIER_NOT_VALID; // [MQTT5-3.1.3-8], [MQTT3-3.1.3-9]
      }
    }
    if (connect.properties().has(Property.AUTHENTICATION_METHOD)) {
      return ReasonCode.BAD_AUTHENTICATION_METHOD; // [MQTT5-4.12.0-1]
    }
    Will will = connect.will();
    if (will != null && will.qos().compareTo(limits.maximumQos()) > 0) {
      return ReasonCode.QOS_NOT_SUPPORTED; // [MQTT5-3.2.2-12]
    }
    if (will != null && will.retain() && !limits.retainAvailable()) {
      return ReasonCode.RETAIN_NOT_SUPPORTED; // [MQTT5-3.2.2-13]
    }
    if (sessions.size() >= limits.sessions() && !sessions.containsKey(clientId)) {
      return connect.version().isMqtt5()
          ? ReasonCode.QUOTA_EXCEEDED
          : ReasonCode.SERVER_UNAVAILABLE;
    }
    return ReasonCode.SUCCESS;
  }

  private void takeOver(Session session, long nowMillis) {
    ServerConnection old = session.connection();
    if (old == null) {
      publishDueWill(session, nowMillis); // its time came before this CONNECT
    } else {
      counters.countTakeover();
      old.disconnect(ReasonCode.SESSION_TAKEN_OVER, DisconnectCause.TAKEN_OVER); // [MQTT5-3.1.4-3]
      detach(session, DisconnectCause.TAKEN_OVER, nowMillis);
    }
  }

  private void detach(Session session, DisconnectCause cause, long nowMillis) {
    session.detach();
    long expiry = session.expirySeconds();
    if (cause == DisconnectCause.CLIENT_DISCONNECT) {
      session.will(null); // [MQTT5-3.14.4-3]
    }
    Will will = session.will();
    if (will != null) {
      long delay = will.properties().integer(Property.WILL_DELAY_INTERVAL, 0);
      session.willAt(nowMillis + Math.min(delay, expiry) * 1000); // [MQTT5-3.1.3-9]
      publishDueWill(session, nowMillis);
    }
    if (expiry == 0) {
      // While it is taken over, the session that follows is decided on by the new CONNECT.
      end(session, nowMillis); // [MQTT5-4.1.0-2]
    } else {
      // [MQTT5-3.1.2-23]
      session.endsAt(expiry == Session.NEVER_SECONDS ? Long.MAX_VALUE : nowMillis + expiry * 1000);
      deadlines.set(session.deadline(), session.deadlineMillis());
    }
  }

  /** The session is over: Will, subscriptions, messages. */
  private void end(Session session, long nowMillis) {
    session.willAt(nowMillis);
    publishDueWill(session, nowMillis);
    for (Subscription subscription : session.subscriptions()) {
      subscriptions.remove(subscription.filter(), subscription);
    }
    deadlines.remove(session.deadline());
    sessions.remove(session.clientId(), session);
    session.discard(nowMillis);
  }

  private void publishDueWill(Session session, long nowMillis) {
    Message will = session.takeDueWill(nowMillis);
    if (will != null) {
      publish(session, will, nowMillis); // [MQTT5-3.1.2-8]
    }
  }

  private String newClientId() {
    String id;
    do {
      id = "culvert-" + Long.toHexString(random.getAsLong());
    } while (sessions.containsKey(id)); // [MQTT5-3.1.3-6]
    return id;
  }

  // ---- publish

  /**
   * Publishes what a client sent. Topic, payload and properties may be borrowed.
   *
   * @return what PUBACK or PUBREC says
   */
  public ReasonCode publish(
      @Nullable Session source, Publish publish, TopicName topic, long nowMillis) {
    counters.countReceived();
    ReasonCode refusal = refusal(topic, publish.retain(), publish.payload().length());
    if (refusal != ReasonCode.SUCCESS) {
      counters.countRefused();
      return refusal;
    }
    match(topic);
    if (fanOut.size() == 0 && fanOut.groupCount() == 0 && !publish.retain()) {
      return ReasonCode.NO_MATCHING_SUBSCRIBERS;
    }
    return route(source, Message.of(publish, topic, nowMillis), nowMillis);
  }

  /**
   * Publishes a message that owns its bytes: a Will, or one of the server's own.
   *
   * @return what PUBACK would say
   */
  public ReasonCode publish(@Nullable Session source, Message message, long nowMillis) {
    ReasonCode refusal = refusal(message.topic(), message.retain(), message.payload().length());
    if (refusal != ReasonCode.SUCCESS) {
      counters.countRefused();
      return refusal;
    }
    match(message.topic());
    return route(source, message, nowMillis);
  }

  private void match(TopicName topic) {
    fanOut.clear(); // what a failed publish may have left is for nobody else
    subscriptions.match(topic, fanOut);
  }

  private ReasonCode refusal(TopicName topic, boolean retain, int payloadBytes) {
    if (topic.startsWithDollar()
        && (topic.utf8().startsWith(SYS) || topic.utf8().startsWith(SHARE))) {
      return ReasonCode.NOT_AUTHORIZED; // the server's own topics (section 4.7.2)
    }
    if (!SubscribeChecks.fits(topic.utf8(), limits)) {
      return ReasonCode.TOPIC_NAME_INVALID;
    }
    if (retain && !retained.hasRoomFor(topic, payloadBytes)) {
      counters.countRetainedRefused();
      return ReasonCode.QUOTA_EXCEEDED;
    }
    return ReasonCode.SUCCESS;
  }

  /** Hands a message to the sessions that {@link #fanOut} holds. */
  private ReasonCode route(@Nullable Session source, Message message, long nowMillis) {
    if (message.retain()) { // [MQTT5-3.3.1-8]
      retained.store(message);
    }
    targets.clear();
    for (int i = 0; i < fanOut.size(); i++) {
      Subscription subscription = fanOut.get(i);
      if (subscription.session() != source
          || !subscription.options().noLocal()) { // [MQTT5-3.8.3-3]
        targets.add(subscription, message);
      }
    }
    ServerConnection publisher =
        source == null || message.qos() == QoS.AT_MOST_ONCE ? null : source.connection();
    targets.deliver(message, publisher, nowMillis);
    int reached = targets.size();
    for (int i = 0; i < fanOut.groupCount(); i++) {
      reached += routeShared(fanOut.group(i), message, publisher, nowMillis);
    }
    fanOut.clear();
    return reached == 0 ? ReasonCode.NO_MATCHING_SUBSCRIBERS : ReasonCode.SUCCESS;
  }

  /** One member of the group gets it: the next that has room, else the next. */
  private int routeShared(
      SharedGroup<Subscription> group,
      Message message,
      @Nullable ServerConnection publisher,
      long nowMillis) {
    Subscription chosen = null;
    int count = group.size();
    int first = group.cursor();
    int cursor = first;
    for (int i = 0; i < count; i++) {
      int index = (first + i) % count;
      Subscription candidate = group.get(index);
      Session session = candidate.session();
      if (chosen == null || (session.isConnected() && !chosen.session().isConnected())) {
        chosen = candidate;
        cursor = index + 1;
      }
      if (session.isIdle()) {
        chosen = candidate;
        cursor = index + 1;
        break;
      }
    }
    if (chosen == null) {
      return 0;
    }
    group.cursor(cursor % count);
    targets.clear();
    targets.add(chosen, message);
    targets.deliver(message, publisher, nowMillis);
    return 1;
  }

  // ---- subscribe

  /** Grants what can be granted, answers with SUBACK, and starts to send retained messages. */
  public void subscribe(
      ServerConnection connection, ServerEvent.SubscribeRequested requested, long nowMillis) {
    Session session = connection.session();
    if (session == null || session.connection() != connection) {
      return; // taken over meanwhile
    }
    List<ReasonCode> reasonCodes = new ArrayList<>(requested.requests().size());
    List<RetainedFeed> feeds = new ArrayList<>();
    for (SubscriptionRequest request : requested.requests()) { // [MQTT5-3.8.4-5], [MQTT5-3.9.3-1]
      reasonCodes.add(subscribe(session, request, requested.identifier(), feeds));
    }
    connection.acceptSubscribe(reasonCodes); // [MQTT5-3.8.4-1]
    for (RetainedFeed feed : feeds) {
      session.feed(feed, nowMillis);
    }
  }

  /** Ends subscriptions and answers with UNSUBACK; what is in flight is finished. */
  public void unsubscribe(ServerConnection connection, Unsubscribe unsubscribe) {
    Session session = connection.session();
    if (session == null || session.connection() != connection) {
      return;
    }
    List<ReasonCode> reasonCodes = new ArrayList<>(unsubscribe.filters().size());
    for (String text : unsubscribe.filters()) { // [MQTT5-3.10.4-6], [MQTT5-3.11.3-1]
      TopicFilter filter = SubscribeChecks.parse(text);
      if (filter == null) {
        reasonCodes.add(ReasonCode.TOPIC_FILTER_INVALID);
      } else {
        Subscription removed = session.remove(filter);
        if (removed != null) {
          subscriptions.remove(filter, removed); // [MQTT5-3.10.4-1], [MQTT5-3.10.4-2]
        }
        reasonCodes.add(removed == null ? ReasonCode.NO_SUBSCRIPTION_EXISTED : ReasonCode.SUCCESS);
      }
    }
    connection.acceptUnsubscribe(reasonCodes); // [MQTT5-3.10.4-4]
  }

  private ReasonCode subscribe(
      Session session, SubscriptionRequest request, int identifier, List<RetainedFeed> feeds) {
    if (request.refusal() != ReasonCode.SUCCESS) {
      return request.refusal();
    }
    TopicFilter filter = Objects.requireNonNull(request.filter());
    boolean isNew = session.subscription(filter) == null;
    if (isNew && session.subscriptionCount() >= limits.subscriptionsPerSession()) {
      return ReasonCode.QUOTA_EXCEEDED;
    }
    Subscription subscription = new Subscription(session, filter, request.options(), identifier);
    session.put(subscription);
    subscriptions.put(filter, subscription); // [MQTT5-3.8.4-3]
    RetainHandling handling = request.options().retainHandling();
    boolean sendRetained = // [MQTT5-3.3.1-10], [MQTT5-3.3.1-11]
        handling == RetainHandling.SEND || (handling == RetainHandling.SEND_IF_NEW && isNew);
    if (sendRetained && !filter.isShared() && limits.retainAvailable()) {
      feeds.add(new RetainedFeed(retained.match(filter), subscription)); // [MQTT5-3.3.1-9]
    }
    // [MQTT5-3.2.2-10], [MQTT5-3.8.4-7]
    return ReasonCode.granted(request.options().qos().min(limits.maximumQos()));
  }

  // ---- time

  /** When to call {@link #timeout}; may be early, never late. */
  public long deadlineMillis() {
    return Math.min(deadlines.earliest(), retained.deadlineMillis());
  }

  /**
   * Publishes delayed Wills, ends expired sessions and forgets expired retained messages; where
   * there are very many, the rest the next time. Early and repeated calls are harmless.
   */
  public void timeout(long nowMillis) {
    retained.timeout(nowMillis);
    for (int steps = 0; steps < TIMEOUT_STEPS; steps++) {
      Session due = deadlines.pollExpired(nowMillis);
      if (due == null) {
        return;
      }
      publishDueWill(due, nowMillis);
      if (due.hasEnded(nowMillis)) {
        end(due, nowMillis); // [MQTT5-4.1.0-2]
      } else if (!due.isConnected()) {
        deadlines.set(due.deadline(), due.deadlineMillis());
      }
    }
  }

  // ---- queries

  public Counters counters() {
    return counters;
  }

  public int sessionCount() {
    return sessions.size();
  }

  public @Nullable Session session(String clientId) {
    return sessions.get(clientId);
  }

  public int subscriptionCount() {
    return subscriptions.size();
  }

  public int retainedCount() {
    return retained.size();
  }

  public long retainedBytes() {
    return retained.bytes();
  }
}
