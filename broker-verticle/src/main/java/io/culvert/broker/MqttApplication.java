package io.culvert.broker;

import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.CertificateField;
import io.culvert.broker.auth.CertificateUser;
import io.culvert.broker.auth.LoginRequest;
import io.culvert.broker.bus.ReservedIds;
import io.culvert.engine.Wake;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.ConnectGate;
import io.culvert.mqtt.server.DisconnectCause;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes a server connection of each accepted one, and hands its events to the broker. */
final class MqttApplication
    implements Application<ServerEvent, ServerConnection>, ConnectGate.Entrance {
  private static final String RESERVED = "the Client Identifier is one of the broker's own";

  private final Shard shard;
  private final Broker broker;
  private final Limits limits;
  private final PacketCounters packets;
  private final ServerLog log;
  private final @Nullable ScramExchanges scram;
  private final Logins logins;
  private final ConnectGate gate;
  private final AuthChain chain;
  private final CertificateField userField;

  /**
   * For the connections of one listener in one shard.
   *
   * @param limits of the listener
   * @param packets of this shard
   * @param scram where clients may authenticate, or null where no method is known
   * @param chain who decides about clients
   * @param userField what of a client's certificate says which user it is
   */
  MqttApplication(
      Shard shard,
      Broker broker,
      Limits limits,
      PacketCounters packets,
      ServerLog log,
      @Nullable ScramExchanges scram,
      Logins logins,
      ConnectGate gate,
      AuthChain chain,
      CertificateField userField) {
    this.shard = shard;
    this.broker = broker;
    this.limits = limits;
    this.packets = packets;
    this.log = log;
    this.scram = scram;
    this.logins = logins;
    this.gate = gate;
    this.chain = chain;
    this.userField = userField;
  }

  @Override
  public ServerConnection open(Peer peer, Wake wake, Shard own) {
    ServerConnection opened =
        broker.open(limits, own.buffers(), wake, WireLog.of(peer, packets), own.nowMillis());
    opened.peer(peer);
    log.audit().opened(opened, peer);
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
    if (refuseReserved(connection, event, nowMillis)) {
      return;
    }
    if (connectOf(event) == null
        || gate.admits(this, connection, event, shard.isBusy(), nowMillis)) {
      enter(connection, event, nowMillis);
    }
  }

  @Override
  public void enter(ServerConnection connection, ServerEvent event, long nowMillis) {
    if (event instanceof ServerEvent.AuthRequested requested) {
      LoginRequest request = request(connection, requested.connect());
      if (scram != null && scram.begin(connection, requested, request)) {
        return;
      }
    } else if (scram != null && scram.handle(connection, event)) {
      return;
    }
    if (event instanceof ServerEvent.ConnectRequested requested) {
      connect(connection, requested);
    } else {
      broker.handle(connection, event, nowMillis);
    }
  }

  @Override
  public void closed(ServerConnection connection, long nowMillis, @Nullable Throwable cause) {
    forget(connection);
    if (connection.isConnected()) {
      log.audit().ended(connection, DisconnectCause.CONNECTION_LOST, nowMillis);
    }
    // Where the engine could not tell it any more, because the driver or a handler failed.
    broker.disconnected(connection, DisconnectCause.CONNECTION_LOST, nowMillis);
  }

  /** Refuses a client that would be one of the broker's own. */
  private boolean refuseReserved(ServerConnection connection, ServerEvent event, long nowMillis) {
    Connect connect = connectOf(event);
    if (connect == null || !ReservedIds.contains(connect.clientId())) {
      return false;
    }
    log.notAuthenticated(connection, connect, RESERVED, nowMillis);
    if (event instanceof ServerEvent.AuthRequested) {
      broker.refuseAuth(connection, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, RESERVED);
    } else {
      broker.refuse(connection, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    }
    return true;
  }

  /** That of a client that wants to be let in, or null. */
  private static @Nullable Connect connectOf(ServerEvent event) {
    if (event instanceof ServerEvent.ConnectRequested requested) {
      return requested.connect();
    }
    return event instanceof ServerEvent.AuthRequested requested ? requested.connect() : null;
  }

  private void connect(ServerConnection connection, ServerEvent.ConnectRequested requested) {
    Connect connect = requested.connect();
    logins.connect(connection, connect, request(connection, connect), chain);
  }

  private LoginRequest request(ServerConnection connection, Connect connect) {
    Peer peer = (Peer) Objects.requireNonNull(connection.peer()); // given when it opened
    log.audit().asked(connection, connect);
    return new LoginRequest(
        connect.clientId(),
        connect.userName(),
        connect.password(),
        connect.version(),
        CertificateUser.of(peer.tlsSession(), userField),
        peer);
  }

  private void forget(ServerConnection connection) {
    log.audit().forget(connection);
    if (scram != null) {
      scram.forget(connection);
    }
  }
}
