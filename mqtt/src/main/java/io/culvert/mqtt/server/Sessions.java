package io.culvert.mqtt.server;

import io.culvert.engine.Deadlines;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Will;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The sessions of one broker: how they begin, change hands and end. */
final class Sessions {
  /** Sessions that one call of {@link #timeout} looks at, so that others have their turn. */
  private static final int TIMEOUT_STEPS = 1000;

  private final Limits limits;
  private final Counters counters;
  private final BrokerLog log;
  private final Router router;
  private final LongSupplier random;
  private final Map<String, Session> sessions = new HashMap<>();
  private final Deadlines<Session> deadlines = new Deadlines<>();
  private boolean stopped;

  Sessions(Limits limits, Counters counters, BrokerLog log, Router router, LongSupplier random) {
    this.limits = limits;
    this.counters = counters;
    this.log = log;
    this.router = router;
    this.random = random;
  }

  int size() {
    return sessions.size();
  }

  @Nullable Session get(String clientId) {
    return sessions.get(clientId);
  }

  /** Accepts a CONNECT, or refuses it where the protocol or a limit says so. */
  void connect(ServerConnection connection, Connect connect, long nowMillis) {
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

  void disconnected(ServerConnection connection, DisconnectCause cause, long nowMillis) {
    connection.abandon(cause);
    if (cause == DisconnectCause.VIOLATION) {
      counters.countViolation();
    }
    Session session = connection.session();
    if (session != null && session.connection() == connection) {
      detach(session, cause, nowMillis);
    }
  }

  /** Tells all clients (0x8B) and closes their connections; refuses those that come. */
  void stop() {
    stopped = true;
    for (Session session : List.copyOf(sessions.values())) {
      ServerConnection connection = session.connection();
      if (connection != null) {
        connection.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, DisconnectCause.SERVER_DISCONNECT);
      }
    }
  }

  /** When to call {@link #timeout}; may be early, never late. */
  long deadlineMillis() {
    return deadlines.earliest();
  }

  /** Publishes delayed Wills and ends expired sessions; of very many, the rest the next time. */
  void timeout(long nowMillis) {
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
      router.remove(subscription);
    }
    deadlines.remove(session.deadline());
    sessions.remove(session.clientId(), session);
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
    } while (sessions.containsKey(id)); // [MQTT5-3.1.3-6]
    return id;
  }
}
