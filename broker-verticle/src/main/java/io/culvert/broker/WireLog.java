package io.culvert.broker;

import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.runtime.driver.Peer;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each packet in the log {@code culvert.mqtt.wire} at DEBUG: type, packet identifier, size.
 * Payloads and secrets never get here. A connection has one only if the level is on when it opens.
 */
record WireLog(Peer peer) implements PacketLog {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.wire");

  static @Nullable WireLog of(Peer peer) {
    return LOG.isDebugEnabled() ? new WireLog(peer) : null;
  }

  @Override
  public void received(PacketType type, int packetId, int sizeBytes) {
    LOG.debug("{} → {} id {} size {}", name(), type, packetId, sizeBytes);
  }

  @Override
  public void sent(PacketType type, int packetId, int sizeBytes) {
    LOG.debug("{} ← {} id {} size {}", name(), type, packetId, sizeBytes);
  }

  private @Nullable Object name() {
    SocketAddress remote = peer.remote();
    return remote == null ? peer.credentials() : remote;
  }
}
