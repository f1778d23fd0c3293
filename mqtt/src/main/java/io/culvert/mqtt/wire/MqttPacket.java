package io.culvert.mqtt.wire;

/** A control packet. All are immutable values; byte views in decoded ones may be borrowed. */
public sealed interface MqttPacket
    permits Connect,
        ConnAck,
        Publish,
        PubAck,
        PubRec,
        PubRel,
        PubComp,
        Subscribe,
        SubAck,
        Unsubscribe,
        UnsubAck,
        PingReq,
        PingResp,
        Disconnect,
        Auth {
  PacketType type();

  /** The Packet Identifier, or 0 where there is none. */
  default int packetId() {
    return 0;
  }
}
