package io.culvert.mqtt.wire;

import java.util.List;

/** SUBSCRIBE, with at least one entry. */
public record Subscribe(int packetId, List<Entry> entries, Properties properties)
    implements MqttPacket {
  public Subscribe {
    properties.checkAllowedIn(PacketType.SUBSCRIBE);
    entries = List.copyOf(entries);
  }

  @Override
  public PacketType type() {
    return PacketType.SUBSCRIBE;
  }

  /**
   * One filter with its options. The filter is well-formed text but not checked further: an invalid
   * Topic Filter is refused alone, with its own reason code in SUBACK.
   */
  public record Entry(String filter, SubscriptionOptions options) {}
}
