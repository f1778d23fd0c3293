package io.culvert.mqtt.wire;

import java.util.List;

/** UNSUBSCRIBE, with at least one filter; the filters are well-formed text, not checked further. */
public record Unsubscribe(int packetId, List<String> filters, Properties properties)
    implements MqttPacket {
  public Unsubscribe {
    properties.checkAllowedIn(PacketType.UNSUBSCRIBE);
    filters = List.copyOf(filters);
  }

  @Override
  public PacketType type() {
    return PacketType.UNSUBSCRIBE;
  }
}
