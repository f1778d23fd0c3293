package io.culvert.client;

import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.runtime.driver.Peer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Each packet in the log {@code culvert.mqtt.wire} at DEBUG: type, packet identifier, size. */
record WireLog(Peer peer) implements PacketLog {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.wire");

  /** For a connection that opens now; null where nobody looks at it. */
  static @Nullable PacketLog of(Peer peer) {
    return LOG.isDebugEnabled() ? new WireLog(peer) : null;
  }

  @Override
  public void received(PacketType type, int packetId, int sizeBytes) {
    LOG.debug("client of {} ← {} id {} size {}", peer, type, packetId, sizeBytes);
  }

  @Override
  public void sent(PacketType type, int packetId, int sizeBytes) {
    LOG.debug("client of {} → {} id {} size {}", peer, type, packetId, sizeBytes);
  }
}
