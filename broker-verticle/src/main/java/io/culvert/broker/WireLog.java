package io.culvert.broker;

import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.runtime.driver.Peer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each packet in the log {@code culvert.mqtt.wire} at DEBUG: type, packet identifier, size.
 * Payloads and secrets never get here. A connection has one only if the level is on when it opens.
 *
 * @param next told, too
 */
record WireLog(Peer peer, PacketLog next) implements PacketLog {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.wire");

  /** What the packets of a connection are told to: this and the next, or the next only. */
  static PacketLog of(Peer peer, PacketLog next) {
    return LOG.isDebugEnabled() ? new WireLog(peer, next) : next;
  }

  @Override
  public void received(PacketType type, int packetId, int sizeBytes) {
    LOG.debug("{} → {} id {} size {}", peer, type, packetId, sizeBytes);
    next.received(type, packetId, sizeBytes);
  }

  @Override
  public void sent(PacketType type, int packetId, int sizeBytes) {
    LOG.debug("{} ← {} id {} size {}", peer, type, packetId, sizeBytes);
    next.sent(type, packetId, sizeBytes);
  }
}
