package io.culvert.mqtt.wire;

/**
 * CONNACK. Before MQTT 5 the reason code travels as the return code that {@link
 * ReasonCode#toReturnCode()} gives.
 */
public record ConnAck(boolean sessionPresent, ReasonCode reasonCode, Properties properties)
    implements MqttPacket {
  public ConnAck {
    reasonCode.checkAllowedIn(PacketType.CONNACK);
    properties.checkAllowedIn(PacketType.CONNACK);
  }

  @Override
  public PacketType type() {
    return PacketType.CONNACK;
  }
}
