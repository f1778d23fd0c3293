package io.culvert.mqtt.wire;

/** PUBREC. Before MQTT 5 the reason code is always {@link ReasonCode#SUCCESS}. */
public record PubRec(int packetId, ReasonCode reasonCode, Properties properties)
    implements MqttPacket {
  public PubRec {
    reasonCode.checkAllowedIn(PacketType.PUBREC);
    properties.checkAllowedIn(PacketType.PUBREC);
  }

  /** One that says that all is well. */
  public static PubRec of(int packetId) {
    return new PubRec(packetId, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  @Override
  public PacketType type() {
    return PacketType.PUBREC;
  }
}
