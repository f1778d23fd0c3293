package io.culvert.mqtt.wire;

import java.util.List;

/** UNSUBACK; before MQTT 5 it carries no reason codes. */
public record UnsubAck(int packetId, List<ReasonCode> reasonCodes, Properties properties)
    implements MqttPacket {
  public UnsubAck {
    properties.checkAllowedIn(PacketType.UNSUBACK);
    for (ReasonCode code : reasonCodes) {
      code.checkAllowedIn(PacketType.UNSUBACK);
    }
    reasonCodes = List.copyOf(reasonCodes);
  }

  @Override
  public PacketType type() {
    return PacketType.UNSUBACK;
  }
}
