package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.PacketLog;
import io.culvert.mqtt.wire.PacketType;
import java.util.List;

/** Writes the wire log as lines, such as {@code > PUBLISH 1 12} for a received packet. */
record WireNotes(List<String> lines) implements PacketLog {
  @Override
  public void received(PacketType type, int packetId, int sizeBytes) {
    lines.add("> " + type + " " + packetId + " " + sizeBytes);
  }

  @Override
  public void sent(PacketType type, int packetId, int sizeBytes) {
    lines.add("< " + type + " " + packetId + " " + sizeBytes);
  }
}
