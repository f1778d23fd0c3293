package io.culvert.mqtt.wire;

/** PUBACK. Before MQTT 5 the reason code is always {@link ReasonCode#SUCCESS}. */
public record PubAck(int packetId, ReasonCode reasonCode, Properties properties)
    implements MqttPacket {
  public PubAck {
    reasonCode.checkAllowedIn(PacketType.PUBACK);
    properties.checkAllowedIn(PacketType.PUBACK);
  }

  /** One that says that all is well. */
  public static PubAck of(int packetId) {
    return new PubAck(packetId, ReasonCode.SUCCESS, Properties.EMPTY);
  }

  @Override
  public PacketType type() {
    return PacketType.PUBACK;
  }
}
