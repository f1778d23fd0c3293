package io.culvert.mqtt.wire;

/** PUBREL. Before MQTT 5 the reason code is always {@link ReasonCode#SUCCESS}. */
public record PubRel(int packetId, ReasonCode reasonCode, Properties properties)
    implements MqttPacket {
  public PubRel {
    reasonCode.checkAllowedIn(PacketType.PUBREL);
    properties.checkAllowedIn(PacketType.PUBREL);
  }

  /** One that says that all is well. */
  public static PubRel of(int packetId) {
    return new PubRel(packetId, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  @Override
  public PacketType type() {
    return PacketType.PUBREL;
  }
}
