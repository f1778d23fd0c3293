package io.culvert.broker;

import io.culvert.broker.auth.CertificateUser;
import io.culvert.engine.Wake;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.DisconnectCause;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a server connection of each accepted one, and hands its events to the broker. */
final class MqttApplication implements Application<ServerEvent, ServerConnection> {
  private final Broker broker;
  private final ServerLog log;
  private final @Nullable ScramExchanges scram;
  private final Logins logins;
  private final boolean anonymous;

  /** Those that have not sent CONNECT yet, where their certificates say who they are. */
  private final @Nullable Map<ServerConnection, Peer> strangers;

  /**
   * For the connections of one listener in one shard.
   *
   * @param scram where clients may authenticate, or null where no method is known
   * @param anonymous whether clients without credentials are let in
   * @param certificates whether a client's certificate says which user it is
   */
  MqttApplication(
      Broker broker,
      ServerLog log,
      @Nullable ScramExchanges scram,
      Logins logins,
      boolean anonymous,
      boolean certificates) {
    this.broker = broker;
    this.log = log;
    this.scram = scram;
    this.logins = logins;
    this.anonymous = anonymous;
    this.strangers = certificates ? new HashMap<>() : null;
  }

  @Override
  public ServerConnection open(Peer peer, Wake wake, Shard shard) {
    ServerConnection opened =
        broker.open(shard.buffers(), wake, WireLog.of(peer), shard.nowMillis());
    if (strangers != null) {
      strangers.put(opened, peer);
    }
    return opened;
  }

  @Override
  public void event(ServerConnection connection, ServerEvent event, long nowMillis) {
    if (event instanceof ServerEvent.Published) { // nearly all are
      broker.handle(connection, event, nowMillis);
      return;
    }
    if (event instanceof ServerEvent.Disconnected disconnected) {
      log.disconnected(connection, disconnected, nowMillis);
      forget(connection);
    }
    if (scram != null && scram.handle(connection, event)) {
      return;
    }
    if (event instanceof ServerEvent.ConnectRequested requested) {
      connect(connection, requested, nowMillis);
    } else {
      broker.handle(connection, event, nowMillis);
    }
  }

  @Override
  public void closed(ServerConnection connection, long nowMillis, @Nullable Throwable cause) {
    forget(connection);
    // Where the engine could not tell it any more, because the driver or a handler failed.
    broker.disconnected(connection, DisconnectCause.CONNECTION_LOST, nowMillis);
  }

  private void connect(
      ServerConnection connection, ServerEvent.ConnectRequested requested, long nowMillis) {
    Peer peer = strangers == null ? null : strangers.remove(connection);
    String user = peer == null ? null : CertificateUser.commonName(peer.tlsSession());
    if (user == null) {
      logins.connect(connection, requested, anonymous);
    } else {
      connection.loggedIn(user);
      broker.connect(connection, requested.connect(), nowMillis);
    }
  }

  private void forget(ServerConnection connection) {
    if (strangers != null) {
      strangers.remove(connection);
    }
    if (scram != null) {
      scram.forget(connection);
    }
  }
}
