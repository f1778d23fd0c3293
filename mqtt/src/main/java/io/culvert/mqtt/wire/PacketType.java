package io.culvert.mqtt.wire;

import org.jspecify.annotations.Nullable;

/** The control packet types; AUTH exists in MQTT 5 only. */
public enum PacketType {
  CONNECT(1),
  CONNACK(2),
  PUBLISH(3),
  PUBACK(4),
  PUBREC(5),
  PUBREL(6),
  PUBCOMP(7),
  SUBSCRIBE(8),
  SUBACK(9),
  UNSUBSCRIBE(10),
  UNSUBACK(11),
  PINGREQ(12),
  PINGRESP(13),
  DISCONNECT(14),
  AUTH(15);

  private static final PacketType[] VALUES = values();

  private final int value;

  PacketType(int value) {
    this.value = value;
  }

  /** The number in the high half of the first byte, 1…15. */
  public int value() {
    return value;
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
