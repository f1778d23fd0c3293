package io.culvert.mqtt.wire;

/** AUTH, in MQTT 5 only. Method and data are properties. */
public record Auth(ReasonCode reasonCode, Properties properties) implements MqttPacket {
  @Override
  public PacketType type() {
    return PacketType.AUTH;
  }
}
