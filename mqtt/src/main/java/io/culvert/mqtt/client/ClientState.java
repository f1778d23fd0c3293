package io.culvert.mqtt.client;

import io.culvert.mqtt.wire.PacketType;

/** Where a client's connection stands, and which packets the server may send then. */
public enum ClientState {
  /** No CONNECT has been sent, or the connection has ended. */
  DISCONNECTED,

  /** CONNECT has been sent. */
  CONNECTING(PacketType.CONNACK, PacketType.AUTH), // [MQTT5-3.2.0-1]

  /** CONNACK has come and was good. */
  CONNECTED(
      PacketType.PUBLISH,
      PacketType.PUBACK,
      PacketType.PUBREC,
      PacketType.PUBREL,
      PacketType.PUBCOMP,
      PacketType.SUBACK,
      PacketType.UNSUBACK,
      PacketType.PINGRESP,
      PacketType.DISCONNECT,
      PacketType.AUTH);

  private final int accepted;

  ClientState(PacketType... types) {
    int mask = 0;
    for (PacketType type : types) {
      mask |= 1 << type.value();
    }
    this.accepted = mask;
  }

  /** Whether the server may send a packet of this type now. */
  public boolean accepts(PacketType type) {
    return (accepted & 1 << type.value()) != 0;
  }
}
