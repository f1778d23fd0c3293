package io.culvert.broker;

import io.culvert.mqtt.server.BrokerLog;
import io.culvert.mqtt.server.DropReason;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.server.Session;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.log.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How connections end and why messages are dropped, in the log {@code culvert.mqtt.server}. A
 * violation is a warning with reason code and statement, and so is a message that a limit has cost
 * somebody, both together at most {@link #WARNINGS_PER_SECOND}; everything else is DEBUG. One for
 * all shards of a broker, and used by all of them.
 */
final class ServerLog implements BrokerLog {
  /** So that a client that is broken, or means harm, cannot fill the disk. */
  static final int WARNINGS_PER_SECOND = 10;

  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  private final WarningRate rate = new WarningRate(LOG, WARNINGS_PER_SECOND);
  private final Audit audit = new Audit();

  /** Who connects and what he may not, for those who must know afterwards. */
  Audit audit() {
    return audit;
  }

  @Override
  public void connected(ServerConnection connection, boolean sessionPresent, long nowMillis) {
    audit.connected(connection, sessionPresent);
  }

  void disconnected(
      ServerConnection connection, ServerEvent.Disconnected disconnected, long nowMillis) {
    audit.ended(connection, disconnected.cause(), nowMillis);
    MqttViolation violation = disconnected.violation();
    if (violation == null) {
      LOG.debug("{} ended: {}", name(connection), disconnected.cause());
    } else if (rate.mayWarn(nowMillis)) {
      LOG.warn(
          "{} is closed with reason code 0x{}: {} {}",
          name(connection),
          Integer.toHexString(violation.code()),
          violation.detail(),
          violation.statementId());
    }
  }

  /**
   * A client could not prove who it is.
   *
   * @param connect that it sent, or null where it was connected already
   */
  void notAuthenticated(
      ServerConnection connection, @Nullable Connect connect, String reason, long nowMillis) {
    audit.notProven(connection, reason);
    if (rate.mayWarn(nowMillis)) {
      String who = connect == null ? name(connection) : name(connect);
      Peer peer = (Peer) connection.peer();
      String from = peer == null ? "" : " from " + Peer.text(peer.remote());
      LOG.warn("{}{} is refused: authentication failed, {}", who, from, reason);
    }
  }

  /** A plug-in of authentication could not do its work. */
  void pluginFailed(String plugin, Throwable failure, long nowMillis) {
    if (rate.mayWarn(nowMillis)) {
      LOG.error("The plug-in {} could not decide about a client", plugin, failure);
    }
  }

  @Override
  public void denied(String clientId, @Nullable String userName, String what, long nowMillis) {
    audit.denied(clientId, userName, what, nowMillis);
    if (rate.mayWarn(nowMillis)) {
      String who = userName == null ? "" : " of user " + Printable.name(userName);
      LOG.warn("client {}{} may not {}", Printable.name(clientId), who, Printable.name(what));
    }
  }

  @Override
  public void dropped(Session session, DropReason reason, int messages, long nowMillis) {
    boolean byLimit = reason == DropReason.QUEUE_FULL || reason == DropReason.OUTBOX_FULL;
    if (byLimit && rate.mayWarn(nowMillis)) {
      LOG.warn("client {} loses {} messages: {}", printable(session), messages, reason);
    } else if (!byLimit) {
      LOG.debug("client {} loses {} messages: {}", printable(session), messages, reason);
    }
  }

  @Override
  public void fight(String clientId, String one, String other, int takeOvers, long nowMillis) {
    if (rate.mayWarn(nowMillis)) {
      LOG.warn(
          "client {} was taken over {} times in a short while, by connections from {} and {}: give"
              + " each client a Client Identifier of its own; until then they have to wait for each"
              + " other",
          Printable.name(clientId),
          takeOvers,
          one,
          other);
    }
  }

  @Override
  public void failed(Session session, RuntimeException failure) {
    LOG.error("A message could not be delivered to client {}", printable(session), failure);
  }

  @Override
  public void failed(RuntimeException failure) {
    LOG.error("Something that was to follow when it was stored has failed", failure);
  }

  @Override
  public void damaged(String what) {
    LOG.error("The store is damaged: {}", what);
  }

  private static String name(ServerConnection connection) {
    Session session = connection.session();
    return session == null ? "a connection without CONNECT" : "client " + printable(session);
  }

  private static String name(Connect connect) {
    String name = Printable.name(connect.clientId());
    return name.isEmpty() ? "a client without a name" : "client " + name;
  }

  /** A Client Identifier may hold anything: line breaks must not forge lines of the log. */
  private static String printable(Session session) {
    return Printable.name(session.clientId());
  }
}
