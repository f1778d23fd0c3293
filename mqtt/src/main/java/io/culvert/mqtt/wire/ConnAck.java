package io.culvert.mqtt.wire;

/**
 * CONNACK. Before MQTT 5 the reason code travels as the return code that {@link
 * ReasonCode#toReturnCode()} gives.
 */
public record ConnAck(boolean sessionPresent, ReasonCode reasonCode, Properties properties)
    implements MqttPacket {
  @Override
  public PacketType type() {
    return PacketType.CONNACK;
  }
}
