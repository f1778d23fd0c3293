package io.culvert.mqtt.wire;

/** AUTH, in MQTT 5 only. Method and data are properties. */
public record Auth(ReasonCode reasonCode, Properties properties) implements MqttPacket {
  public Auth {
    reasonCode.checkAllowedIn(PacketType.AUTH);
    properties.checkAllowedIn(PacketType.AUTH);
  }

  @Override
  public PacketType type() {
    return PacketType.AUTH;
  }
}
