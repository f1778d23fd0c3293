package io.culvert.broker;

import io.culvert.mqtt.server.DisconnectCause;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.Session;
import io.culvert.mqtt.wire.Connect;
import io.culvert.runtime.driver.Peer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Who connected and how, who was refused and what was denied, in the log {@code
 * culvert.audit.clients}: one line each, with keys and values. Whoever was let in has a line at
 * INFO when that happens and when it ends; refusals and denials are warnings, at most {@link
 * #WARNINGS_PER_SECOND} of them, so that a stranger cannot fill the disk. Passwords are never here.
 *
 * <p>One for all shards of a broker, and used by all of them. A connection has an entry here only
 * until it is let in, and only if the level is on when it opens.
 */
final class Audit {
  static final int WARNINGS_PER_SECOND = 10;

  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit.clients");

  private final WarningRate rate = new WarningRate(LOG, WARNINGS_PER_SECOND);
  private final Map<ServerConnection, Stranger> strangers = new ConcurrentHashMap<>();

  /** Somebody has come. */
  void opened(ServerConnection connection, Peer peer) {
    if (LOG.isWarnEnabled()) {
      strangers.put(connection, new Stranger(peer));
    }
  }

  /** It has sent CONNECT. */
  void asked(ServerConnection connection, Connect connect) {
    Stranger stranger = strangers.get(connection);
    if (stranger != null) {
      stranger.connect = connect;
    }
  }

  /** It has proven who it is. */
  void proven(ServerConnection connection, String how) {
    Stranger stranger = strangers.get(connection);
    if (stranger != null) {
      stranger.how = how;
    }
  }

  /** It could not. */
  void notProven(ServerConnection connection, String reason) {
    Stranger stranger = strangers.get(connection);
    if (stranger != null) {
      stranger.refusal = reason;
    }
  }

  /** It is let in. */
  void connected(ServerConnection connection, boolean sessionPresent) {
    Stranger stranger = strangers.remove(connection);
    Session session = connection.session();
    if (stranger != null && session != null) {
      LoggingEventBuilder line = LOG.atInfo().addKeyValue("client", session.clientId());
      user(line, session.userName());
      address(line, stranger.peer)
          .addKeyValue("version", connection.version())
          .addKeyValue("authentication", stranger.how)
          .addKeyValue("session", sessionPresent ? "resumed" : "new")
          .log("connected");
    }
  }

  /** The connection has ended, whether it was let in or not. */
  void ended(ServerConnection connection, DisconnectCause cause, long nowMillis) {
    Stranger stranger = strangers.remove(connection);
    Session session = connection.session();
    if (session != null) {
      user(LOG.atInfo().addKeyValue("client", session.clientId()), session.userName())
          .addKeyValue("cause", cause)
          .log("ended");
    } else if (stranger != null && cause == DisconnectCause.REFUSED && rate.mayWarn(nowMillis)) {
      LoggingEventBuilder line = LOG.atLevel(Level.WARN);
      Connect connect = stranger.connect;
      if (connect != null) {
        line = user(line.addKeyValue("client", connect.clientId()), connect.userName());
      }
      address(line, stranger.peer).addKeyValue("reason", stranger.refusal).log("refused");
    }
  }

  /** The driver has done with it. */
  void forget(ServerConnection connection) {
    strangers.remove(connection);
  }

  void denied(String clientId, @Nullable String userName, String what, long nowMillis) {
    if (LOG.isWarnEnabled() && rate.mayWarn(nowMillis)) {
      user(LOG.atWarn().addKeyValue("client", clientId), userName)
          .addKeyValue("action", what)
          .log("denied");
    }
  }

  private static LoggingEventBuilder user(LoggingEventBuilder line, @Nullable String userName) {
    return userName == null ? line : line.addKeyValue("user", userName);
  }

  private static LoggingEventBuilder address(LoggingEventBuilder line, Peer peer) {
    return line.addKeyValue("address", Peer.text(peer.remote()))
        .addKeyValue("listener", Peer.text(peer.local()))
        .addKeyValue("transport", peer.transport());
  }

  /** Who is not let in yet. Used on the event loop of its connection. */
  private static final class Stranger {
    private final Peer peer;
    private @Nullable Connect connect;
    private String how = "none";
    private String refusal = "the broker does not take it";

    Stranger(Peer peer) {
      this.peer = peer;
    }
  }
}
