package io.culvert.broker;

import io.culvert.broker.bus.ReservedIds;
import io.culvert.engine.Wake;
import io.culvert.mqtt.server.Authorization;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.DisconnectCause;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketLog;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/**
 * The broker's own clients, through which the event bus reaches it: they need no credentials, speak
 * MQTT 5 whatever others may, and have {@link ReservedIds}.
 */
final class OwnClients implements Application<ServerEvent, ServerConnection> {
  private final Broker broker;
  private final Limits limits;
  private final PacketLog packets;

  OwnClients(Broker broker, Limits limits, PacketLog packets) {
    this.broker = broker;
    this.limits = limits.toBuilder().versions(EnumSet.allOf(MqttVersion.class)).build();
    this.packets = packets;
  }

  /** The same permissions for all others, and every one for these. */
  static Authorization allowed(Authorization others) {
    return (clientId, userName, granted) ->
        ReservedIds.contains(clientId)
            ? Permissions.EVERYTHING
            : others.of(clientId, userName, granted);
  }

  @Override
  public ServerConnection open(Peer peer, Wake wake, Shard shard) {
    ServerConnection opened =
        broker.open(limits, shard.buffers(), wake, WireLog.of(peer, packets), shard.nowMillis());
    opened.peer(peer);
    return opened;
  }

  @Override
  public void event(ServerConnection connection, ServerEvent event, long nowMillis) {
    broker.handle(connection, event, nowMillis);
  }

  @Override
  public void closed(ServerConnection connection, long nowMillis, @Nullable Throwable cause) {
    broker.disconnected(connection, DisconnectCause.CONNECTION_LOST, nowMillis);
  }
}
