package io.culvert.mqtt.wire;

import org.jspecify.annotations.Nullable;

/** The two kinds of broken packets. */
final class Violations {
  private Violations() {}

  /** The bytes are not a packet. */
  static MqttViolation malformed(@Nullable Statement statement, String detail) {
    return new MqttViolation(ReasonCode.MALFORMED_PACKET, statement, detail);
  }

  /** The bytes are a packet that nobody may send. */
  static MqttViolation protocolError(@Nullable Statement statement, String detail) {
    return new MqttViolation(ReasonCode.PROTOCOL_ERROR, statement, detail);
  }
}
