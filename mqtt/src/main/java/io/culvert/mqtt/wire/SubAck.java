package io.culvert.mqtt.wire;

import java.util.List;

/** SUBACK, with one reason code for each entry of the SUBSCRIBE, in its order. */
public record SubAck(int packetId, List<ReasonCode> reasonCodes, Properties properties)
    implements MqttPacket {
  public SubAck {
    properties.checkAllowedIn(PacketType.SUBACK);
    for (ReasonCode code : reasonCodes) {
      code.checkAllowedIn(PacketType.SUBACK);
    }
    reasonCodes = List.copyOf(reasonCodes);
  }

  @Override
  public PacketType type() {
    return PacketType.SUBACK;
  }
}
