package io.culvert.mqtt.server;

import io.culvert.engine.Deadlines;
import io.culvert.engine.Engine;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Will;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sessions of one broker: how they begin, change hands and end. */
final class Sessions {
  /** Sessions that one call of {@link #timeout} looks at, so that others have their turn. */
  private static final int TIMEOUT_STEPS = 1000;

  private static final Properties OF_ANOTHER_USER =
      Properties.builder()
          .put(Property.REASON_STRING, "another user has this Client Identifier")
          .build();

  private final ShardParts shard;
  private final Limits limits;
  private final ByteBudget budget;
  private final Counters counters;
  private final BrokerLog log;
  private final Router router;
  private final Ledger ledger;
  private final LongSupplier random;
  private final Map<String, Session> sessions = new HashMap<>();
  private final Deadlines<Session> deadlines = new Deadlines<>();
  private final ShardPlace place;
  private final SessionMoves moves;
  private final WaitingConnects waiting = new WaitingConnects();
  private final RetryAfter retryAfter;
  private Authorization authorization = Authorization.NONE;
  private long lastClaim;
  private int connected;
  private int userChanges;
  private @Nullable Farewell farewell;
  private @Nullable Draining draining;

  Sessions(
      Limits limits,
      ByteBudget budget,
      Counters counters,
      BrokerLog log,
      Router router,
      RetainedShards retained,
      Peers peers,
      Ledger ledger,
      LongSupplier random) {
    this.shard = new ShardParts(limits, budget, counters, log, ledger);
    this.ledger = ledger;
    this.place = peers.place();
    this.moves = new SessionMoves(this, router, retained, peers, ledger);
    this.limits = limits;
    this.budget = budget;
    this.counters = counters;
    this.log = log;
    this.router = router;
    this.random = random;
    this.retryAfter = new RetryAfter(random);
  }

  int size() {
    return sessions.size();
  }

  /** Sessions that have a connection. */
  int connected() {
    return connected;
  }

  SessionMoves moves() {
    return moves;
  }

  /** From now on; also for the sessions that there are. */
  void authorization(Authorization newest, long nowMillis) {
    authorization = newest;
    for (Session session : sessions.values()) {
      Permissions permissions =
          newest.of(session.clientId(), session.userName(), session.granted());
      permit(session, permissions, nowMillis);
    }
  }

  void endConnectionsOf(Predicate<String> isUnwelcome) {
    userChanges++; // who waits has proven itself to users who may be others now
    for (Session session : List.copyOf(sessions.values())) {
      ServerConnection connection = session.connection();
      String userName = session.userName();
      if (connection != null && userName != null && isUnwelcome.test(userName)) {
        connection.disconnect(ReasonCode.NOT_AUTHORIZED, DisconnectCause.SERVER_DISCONNECT);
      }
    }
  }

  List<String> clientIds() {
    return List.copyOf(sessions.keySet());
  }

  boolean disconnect(String clientId, ReasonCode reasonCode, Properties properties) {
    Session session = sessions.get(clientId);
    ServerConnection connection = session == null ? null : session.connection();
    if (connection == null) {
      return false;
    }
    connection.disconnect(reasonCode, DisconnectCause.SERVER_DISCONNECT, properties);
    return true;
  }

  boolean delete(String clientId, long nowMillis) {
    Session session = sessions.get(clientId);
    if (session == null) {
      return false;
    }
    ServerConnection connection = session.connection();
    if (connection != null) {
      connection.disconnect(ReasonCode.ADMINISTRATIVE_ACTION, DisconnectCause.SERVER_DISCONNECT);
      detach(session, DisconnectCause.SERVER_DISCONNECT, nowMillis);
    }
    if (sessions.get(clientId) == session) { // else it has ended with its connection
      end(session, nowMillis);
    }
    return true;
  }

  @Nullable Session get(String clientId) {
    return sessions.get(clientId);
  }

  /** Accepts a CONNECT, or refuses it where the protocol or a limit says so. */
  void connect(ServerConnection connection, Connect connect, long nowMillis) {
    connect(connection, connect, nowMillis, nowMillis);
  }

  private void connect(
      ServerConnection connection, Connect connect, long sinceMillis, long nowMillis) {
    if (!connection.isAwaitingConnectDecision()) {
      return; // it has ended while somebody decided
    }
    if (isLeaving(connection)) {
      return;
    }
    Grant grant = Grant.of(connect, limits);
    ReasonCode refusal = refusal(connect, grant);
    if (refusal != ReasonCode.SUCCESS) {
      refuse(connection, refusal);
      return;
    }
    boolean assigned = connect.clientId().isEmpty();
    String clientId = assigned ? newClientId() : connect.clientId();
    Properties properties = grant.properties(clientId, connection.maximumPacketSizeBytes());
    if (!connection.fitsConnAck(properties)) { // which need not tell this
      properties = properties.without(Property.RESPONSE_INFORMATION);
    }
    if (!connection.fitsConnAck(properties)) {
      counters.countRefusedConnect(ReasonCode.PACKET_TOO_LARGE);
      connection.rejectConnect(ReasonCode.PACKET_TOO_LARGE); // [MQTT5-3.1.2-24]
      return;
    }
    String userName = connection.userName();
    Will will = connect.will();
    ReasonCode mayLeaveWill = will == null ? ReasonCode.SUCCESS : may(connection, clientId, will);
    if (will != null && mayLeaveWill != ReasonCode.SUCCESS) {
      counters.countDenied();
      log.denied(clientId, userName, "leave a Will to " + will.topic(), nowMillis);
      refuse(connection, mayLeaveWill); // [MQTT5-3.1.4-2]
      return;
    }
    if (!assigned && isDamped(connection, connect, sinceMillis, nowMillis)) {
      return;
    }
    Owner owner =
        place.isAlone() ? Owner.ONLY_SHARD : new Owner(place.number(), nextClaim(), userName);
    Owner before = place.isAlone() ? owner : place.directory().claim(clientId, owner);
    if (isOfAnotherUser(clientId, userName, owner, before)) {
      counters.countRefusedConnect(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
      connection.rejectConnect(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, OF_ANOTHER_USER);
      return;
    }
    Joining joining =
        new Joining(
            connection,
            clientId,
            connect.cleanStart(),
            will == null ? null : will.copy(),
            grant,
            properties,
            owner);
    join(joining, before, nowMillis);
  }

  private Permissions permissions(ServerConnection connection, String clientId) {
    return authorization.of(clientId, connection.userName(), connection.granted());
  }

  /** What CONNACK says of the client's Will. */
  private ReasonCode may(ServerConnection connection, String clientId, Will will) {
    return Permissions.in(
        PacketType.CONNACK,
        permissions(connection, clientId).publish(will.topic(), will.qos(), will.retain()));
  }

  /** Others fight for this client: this CONNECT waits until one of them has had it for a while. */
  private boolean isDamped(
      ServerConnection connection, Connect connect, long sinceMillis, long nowMillis) {
    String clientId = connect.clientId();
    long wait = place.takeOvers().waitMillis(clientId, nowMillis);
    if (wait == 0 || !isOwn(clientId, connection.userName())) {
      return false; // whoever it does not belong to is refused in any case
    }
    if (sinceMillis == nowMillis) {
      counters.countDamped();
    }
    if (!waiting.add(connection, connect, userChanges, sinceMillis, wait, nowMillis)) {
      ReasonCode code = ReasonCode.CONNECTION_RATE_EXCEEDED;
      counters.countRefusedConnect(code);
      connection.rejectConnect(code, RetryAfter.properties(code, retryAfter.notBefore(wait)));
    }
    return true;
  }

  /** Whether a session of this client is, or would be, this user's. */
  private boolean isOwn(String clientId, @Nullable String userName) {
    if (place.isAlone()) {
      Session known = sessions.get(clientId);
      return known == null || Objects.equals(known.userName(), userName);
    }
    Owner owner = place.directory().owner(clientId);
    return owner == null || Objects.equals(owner.userName(), userName);
  }

  /** A session is taken over by its own user only. */
  private boolean isOfAnotherUser(
      String clientId, @Nullable String userName, Owner owner, @Nullable Owner before) {
    return place.isAlone()
        ? !isOwn(clientId, userName)
        : before != null && !before.isSameUser(owner);
  }

  /**
   * Finds the session that belongs to a CONNECT, here or in another shard.
   *
   * @param before who had the client before, or null
   */
  void join(Joining joining, @Nullable Owner before, long nowMillis) {
    if (before == null) {
      open(joining, null, nowMillis);
    } else if (before.shard() != place.number()) {
      moves.ask(joining, before);
    } else if (!moves.waits(joining, before)) {
      open(
          joining,
          takeOver(joining.clientId(), before.claim(), joining.cleanStart(), nowMillis),
          nowMillis);
    }
  }

  /**
   * Ends the connection of a session, and the session if the new one does not want it.
   *
   * @return the session that goes on, or null
   */
  @Nullable Session takeOver(String clientId, long claim, boolean cleanStart, long nowMillis) {
    Session known = sessions.get(clientId);
    if (known == null || known.owner().claim() != claim) {
      return null;
    }
    takeOver(known, nowMillis);
    if (cleanStart || known.hasEnded(nowMillis)) {
      end(known, nowMillis); // [MQTT5-3.1.2-4]
    }
    return sessions.get(clientId); // [MQTT5-3.1.3-2], [MQTT5-3.1.2-5]
  }

  /** A session that an earlier process had. */
  void restore(Session session, long nowMillis) {
    String clientId = session.clientId();
    Owner owner =
        place.isAlone()
            ? Owner.ONLY_SHARD
            : new Owner(place.number(), nextClaim(), session.userName());
    if (!place.isAlone()) {
      var unused = place.directory().claim(clientId, owner); // nobody has connected yet
    }
    session.owner(owner);
    permit(session, authorization.of(clientId, session.userName(), null), nowMillis);
    sessions.put(clientId, session);
    session.count();
    deadlines.set(session.deadline(), session.deadlineMillis());
  }

  /** A session that has no connection yet, and that nobody finds yet. */
  Session create(String clientId) {
    return new Session(clientId, shard, deadlines);
  }

  /** Another shard gets this session. */
  void forget(Session session) {
    session.outgoing().rejoin();
    deadlines.remove(session.deadline());
    sessions.remove(session.clientId(), session);
  }

  /**
   * Accepts a CONNECT.
   *
   * @param known its session, or null to begin one
   */
  void open(Joining joining, @Nullable Session known, long nowMillis) {
    ServerConnection connection = joining.connection();
    // It may have gone, or is sent away, while its session moved.
    boolean isThere = connection.isAwaitingConnectDecision() && !isLeaving(connection);
    if (known == null && !isThere) {
      place.directory().release(joining.clientId(), joining.owner());
      return;
    }
    Session session = known == null ? create(joining.clientId()) : known; // [MQTT5-3.1.2-6]
    if (known == null && ledger.isDurable() && joining.grant().sessionExpirySeconds() > 0) {
      session.records(SessionRecords.create(ledger, joining.clientId()));
    }
    session.owner(joining.owner());
    // Asked anew: while a session moves, they may change.
    session.granted(connection.granted());
    session.userName(connection.userName());
    permit(session, permissions(connection, joining.clientId()), nowMillis);
    sessions.put(joining.clientId(), session);
    if (!isThere) {
      deadlines.set(session.deadline(), session.deadlineMillis());
      away(session, nowMillis);
      return;
    }
    Grant grant = joining.grant();
    session.will(joining.will()); // [MQTT5-3.1.2-7]
    session.expirySeconds(grant.sessionExpirySeconds());
    connection.join(session);
    connected++;
    deadlines.remove(session.deadline());
    session.count();
    session.attach(connection, grant.receiveMaximum(), nowMillis);
    session.putRecord();
    router.connected(session, true);
    if (session.isDurable() || joining.cleanStart()) { // perhaps it has ended one that was
      ledger.whenStored(now -> welcome(joining, session, known != null, now), nowMillis);
    } else {
      welcome(joining, session, known != null, nowMillis);
    }
  }

  /** The session is stored, if it is one that has to be. */
  private void welcome(Joining joining, Session session, boolean isPresent, long nowMillis) {
    ServerConnection connection = joining.connection();
    if (session.connection() != connection || !connection.isAwaitingConnectDecision()) {
      return; // it has gone, or was taken over
    }
    connection.acceptConnect( // [MQTT5-3.2.2-2], [MQTT5-3.2.2-3]
        session, isPresent, joining.grant().keepAliveSeconds(), joining.connAck(), nowMillis);
    counters.countConnect(connection.version());
    log.connected(connection, isPresent, nowMillis);
    session.outgoing().pump(nowMillis);
  }

  void disconnected(ServerConnection connection, DisconnectCause cause, long nowMillis) {
    if (connection.abandon(cause)) {
      counters.countEnded(cause); // no event tells of it
    }
    Session session = connection.session();
    if (session != null) {
      router.forget(connection);
    }
    if (session != null && session.connection() == connection) {
      detach(session, cause, nowMillis);
    }
  }

  /**
   * Tells all clients (0x8B, or 0x9C and where to go) and closes their connections; refuses those
   * that come.
   */
  void stop() {
    Farewell saying = farewell == null ? Farewell.of(limits.serverReference(), false) : farewell;
    farewell = saying;
    connections().forEach(saying::say);
    Draining current = draining;
    if (current != null) {
      current.timeout(Long.MAX_VALUE); // all are told: it is over
    }
  }

  /**
   * Refuses whoever comes from now on.
   *
   * @return how many clients are connected
   */
  int leave(boolean permanently) {
    farewell = Farewell.of(limits.serverReference(), permanently);
    return connections().size();
  }

  /** Lets the clients go, after {@link #leave}. One that goes on already goes on with this. */
  void drain(long spreadMillis, long nowMillis, Runnable done) {
    Farewell saying = Objects.requireNonNull(farewell, "leave comes first");
    draining = new Draining(connections(), saying, spreadMillis, nowMillis, done);
  }

  /** Clients that {@link #drain} has still to tell, also before it begins. */
  int leftToDrain() {
    Draining current = draining;
    if (current != null) {
      return current.left();
    }
    return farewell == null ? 0 : connected;
  }

  /** When to call {@link #timeout}; may be early, never late. */
  long deadlineMillis() {
    Draining current = draining;
    long drains = current == null ? Engine.NO_DEADLINE : current.deadlineMillis();
    return Math.min(drains, Math.min(waiting.deadlineMillis(), deadlines.earliest()));
  }

  /** Publishes delayed Wills and ends expired sessions; of very many, the rest the next time. */
  void timeout(long nowMillis) {
    Draining current = draining;
    if (current != null) {
      current.timeout(nowMillis);
    }
    WaitingConnects.Waiting next = waiting.pollDue(nowMillis);
    while (next != null) {
      if (next.connection().hasPeerEnded()) {
        next.connection().rejectConnect(ReasonCode.CONNECTION_RATE_EXCEEDED);
      } else if (next.userChanges() != userChanges) {
        refuse(next.connection(), ReasonCode.SERVER_UNAVAILABLE);
      } else {
        connect(next.connection(), next.connect(), next.sinceMillis(), nowMillis);
      }
      next = waiting.pollDue(nowMillis);
    }
    for (int steps = 0; steps < TIMEOUT_STEPS; steps++) {
      Session due = deadlines.pollExpired(nowMillis);
      if (due == null) {
        return;
      }
      publishDueWill(due, nowMillis);
      if (due.hasEnded(nowMillis)) {
        counters.countExpiredSession();
        end(due, nowMillis); // [MQTT5-4.1.0-2]
      } else if (!due.isConnected()) {
        deadlines.set(due.deadline(), due.deadlineMillis());
      }
    }
  }

  private void refuse(ServerConnection connection, ReasonCode reasonCode) {
    counters.countRefusedConnect(reasonCode);
    connection.rejectConnect(reasonCode);
  }

  private List<ServerConnection> connections() {
    return sessions.values().stream().map(Session::connection).filter(Objects::nonNull).toList();
  }

  /** Refuses a CONNECT where everybody is sent away. */
  private boolean isLeaving(ServerConnection connection) {
    Farewell leaving = farewell;
    if (leaving == null) {
      return false;
    }
    counters.countRefusedConnect(leaving.refused());
    leaving.refuse(connection);
    return true;
  }

  private ReasonCode refusal(Connect connect, Grant grant) {
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
    Will will = connect.will();
    if (will != null && will.qos().compareTo(limits.maximumQos()) > 0) {
      return ReasonCode.QOS_NOT_SUPPORTED; // [MQTT5-3.2.2-12]
    }
    if (will != null && will.retain() && !limits.retainAvailable()) {
      return ReasonCode.RETAIN_NOT_SUPPORTED; // [MQTT5-3.2.2-13]
    }
    if (will != null && willDelaySeconds(will, grant) > limits.willDelaySeconds()) {
      return ReasonCode.QUOTA_EXCEEDED;
    }
    if (ledger.isDurable() && grant.sessionExpirySeconds() > 0 && !canBeStored(clientId)) {
      return connect.version().isMqtt5()
          ? ReasonCode.QUOTA_EXCEEDED
          : ReasonCode.SERVER_UNAVAILABLE;
    }
    boolean isFull = count() >= limits.sessions();
    if ((isFull || budget.isScarce()) && !contains(clientId)) {
      if (!isFull) {
        counters.countRefusedForMemory(MemoryRefusal.SESSION);
      }
      return connect.version().isMqtt5()
          ? ReasonCode.QUOTA_EXCEEDED
          : ReasonCode.SERVER_UNAVAILABLE;
    }
    return ReasonCode.SUCCESS;
  }

  /** On a full disk nobody begins a session that needs it; on one that fails, none can go on. */
  private boolean canBeStored(String clientId) {
    return ledger.isReady() || (!ledger.isFailing() && contains(clientId));
  }

  /** How long after its connection the Will would be published at the latest. */
  private static long willDelaySeconds(Will will, Grant grant) {
    long delay = will.properties().integer(Property.WILL_DELAY_INTERVAL, 0);
    return Math.min(delay, grant.sessionExpirySeconds()); // [MQTT5-3.1.3-9]
  }

  /** What its client may do now. A shared subscription that it may not have any more ends. */
  private void permit(Session session, Permissions permissions, long nowMillis) {
    session.permissions(permissions);
    if (!session.hasShared()) {
      return;
    }
    for (Subscription each : session.subscriptions()) {
      if (each.filter().isShared()
          && permissions.subscribe(each.filter(), each.options().qos()) != ReasonCode.SUCCESS) {
        session.remove(each.filter());
        unrecord(session, each);
        router.remove(each, nowMillis);
        router.shared().unsubscribed(session, each.filter(), nowMillis);
      }
    }
  }

  private static void unrecord(Session session, Subscription subscription) {
    SessionRecords records = session.records();
    if (records != null) {
      records.remove(subscription);
    }
  }

  private void takeOver(Session session, long nowMillis) {
    ServerConnection old = session.connection();
    if (old == null) {
      publishDueWill(session, nowMillis); // its time came before this CONNECT
    } else {
      counters.countTakeover();
      ReasonCode code = ReasonCode.SESSION_TAKEN_OVER;
      Fight fight = place.takeOvers().lost(session.clientId(), old.origin(), nowMillis);
      Properties why = fight == null ? Reasons.of(PacketType.DISCONNECT, code) : Reasons.FIGHT;
      old.disconnect(code, DisconnectCause.TAKEN_OVER, why); // [MQTT5-3.1.4-3]
      if (fight != null && place.takeOvers().hasBegun(fight)) {
        counters.countFight();
        log.fight(session.clientId(), fight.loser(), fight.loserBefore(), fight.count(), nowMillis);
      }
      detach(session, DisconnectCause.TAKEN_OVER, nowMillis);
    }
  }

  private void detach(Session session, DisconnectCause cause, long nowMillis) {
    session.detach();
    connected--;
    router.connected(session, false);
    if (cause != DisconnectCause.TAKEN_OVER) {
      place.takeOvers().left(session.clientId());
    }
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
      if (cause != DisconnectCause.TAKEN_OVER) { // else it is about to come back
        away(session, nowMillis);
      }
    }
  }

  /** It lives on without a connection. */
  private void away(Session session, long nowMillis) {
    router.shared().away(session, nowMillis);
    session.outgoing().waiting().pageOut();
    session.putRecord();
    session.count();
  }

  /** The session is over: Will, subscriptions, messages. */
  private void end(Session session, long nowMillis) {
    session.willAt(nowMillis);
    publishDueWill(session, nowMillis);
    for (Subscription subscription : session.subscriptions()) {
      router.remove(subscription, nowMillis);
    }
    deadlines.remove(session.deadline());
    sessions.remove(session.clientId(), session);
    if (!place.isAlone()) {
      place.directory().release(session.clientId(), session.owner());
    }
    router.shared().ended(session, nowMillis); // [MQTT5-4.8.2-5]
    session.discard(nowMillis);
  }

  private void publishDueWill(Session session, long nowMillis) {
    Message will = session.takeDueWill(nowMillis);
    if (will != null) {
      router.publish(session, will, nowMillis); // [MQTT5-3.1.2-8]
    }
  }

  private String newClientId() {
    String id;
    do {
      id = "culvert-" + Long.toHexString(random.getAsLong());
    } while (contains(id)); // [MQTT5-3.1.3-6]
    return id;
  }

  private long nextClaim() {
    lastClaim++;
    return lastClaim * place.count() + place.number();
  }

  /** Sessions of all shards. */
  private int count() {
    return place.isAlone() ? sessions.size() : place.directory().size();
  }

  private boolean contains(String clientId) {
    return place.isAlone() ? sessions.containsKey(clientId) : place.directory().contains(clientId);
  }
}
