package io.culvert.mqtt.wire;

/** PUBCOMP. Before MQTT 5 the reason code is always {@link ReasonCode#SUCCESS}. */
public record PubComp(int packetId, ReasonCode reasonCode, Properties properties)
    implements MqttPacket {
  public PubComp {
    reasonCode.checkAllowedIn(PacketType.PUBCOMP);
    properties.checkAllowedIn(PacketType.PUBCOMP);
  }

  /** One that says that all is well. */
  public static PubComp of(int packetId) {
    return new PubComp(packetId, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  @Override
  public PacketType type() {
    return PacketType.PUBCOMP;
  }
}
