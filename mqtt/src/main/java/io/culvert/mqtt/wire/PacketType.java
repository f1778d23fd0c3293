package io.culvert.mqtt.wire;

import org.jspecify.annotations.Nullable;

/** The control packet types; AUTH exists in MQTT 5 only. */
public enum PacketType {
  CONNECT,
  CONNACK,
  PUBLISH,
  PUBACK,
  PUBREC,
  PUBREL,
  PUBCOMP,
  SUBSCRIBE,
  SUBACK,
  UNSUBSCRIBE,
  UNSUBACK,
  PINGREQ,
  PINGRESP,
  DISCONNECT,
  AUTH;

  private static final PacketType[] VALUES = values();

  /** The number in the high half of the first byte, 1…15. */
  public int value() {
    return ordinal() + 1;
  }

  /** The flags that the low half of the first byte must have; PUBLISH has its own. */
  public int reservedFlags() {
    return this == PUBREL || this == SUBSCRIBE || this == UNSUBSCRIBE ? 2 : 0;
  }

  /** The type with this number, or null for 0. */
  public static @Nullable PacketType of(int value) {
    return value == 0 ? null : VALUES[value - 1];
  }
}
