package io.culvert.mqtt.wire;

/** DISCONNECT. Before MQTT 5 only a client sends it, and it has no content. */
public record Disconnect(ReasonCode reasonCode, Properties properties) implements MqttPacket {
  public Disconnect {
    reasonCode.checkAllowedIn(PacketType.DISCONNECT);
    properties.checkAllowedIn(PacketType.DISCONNECT);
  }

  /** A normal end of the connection. */
  public static final Disconnect NORMAL = new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY);

  @Override
  public PacketType type() {
    return PacketType.DISCONNECT;
  }
}
