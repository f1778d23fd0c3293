package io.culvert.mqtt.client;

import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;

/** What CONNACK may say in answer to CONNECT. */
final class Handshake {
  private static final int LEGACY_CONNACK_BYTES = 4;

  private Handshake() {}

  /** Checks a CONNACK that refuses. */
  static void checkRefusal(ConnAck connAck) {
    if (connAck.sessionPresent()) {
      throw violation(Statement.MQTT5_3_2_2_6, "a refusal with Session Present");
    }
  }

  /** Checks a CONNACK that accepts, and tells what holds from now on. */
  static ServerTerms accept(ConnAck connAck, Connect connect, ClientSession session) {
    if (connAck.properties().has(Property.RESPONSE_INFORMATION)
        && connect.properties().integer(Property.REQUEST_RESPONSE_INFORMATION, 0) == 0) {
      throw violation(Statement.MQTT5_3_1_2_28, "Response Information was not requested");
    }
    boolean kept = !connect.cleanStart() && session.isEstablished();
    if (connAck.sessionPresent() && !kept) {
      throw violation(
          connect.cleanStart() ? Statement.MQTT5_3_2_2_2 : Statement.MQTT5_3_2_2_4,
          "Session Present, although the client has no session");
    }
    // MQTT 3.1 does not say whether there was a session; so what this side has decides.
    boolean legacy = connect.version() == MqttVersion.MQTT_3_1;
    return ServerTerms.of(connect, connAck, legacy ? kept : connAck.sessionPresent());
  }

  /**
   * Takes the refusal of a server that does not know MQTT 5. It has the form that such a server
   * knows, which is too short for MQTT 5. The owner can try again with an older version, so this is
   * worth understanding.
   */
  static boolean takesLegacyRefusal(ReceiveBuffer in) {
    boolean refusal =
        in.readable() >= LEGACY_CONNACK_BYTES
            && in.peek(0) == PacketType.CONNACK.value() << 4
            && in.peek(1) == LEGACY_CONNACK_BYTES - 2
            && in.peek(2) == 0
            && in.peek(3) == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION.toReturnCode();
    if (refusal) {
      in.skip(LEGACY_CONNACK_BYTES);
    }
    return refusal;
  }

  /** What that refusal says, in the words of MQTT 5. */
  static ConnAck legacyRefusal() {
    return new ConnAck(false, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, Properties.EMPTY);
  }

  private static MqttViolation violation(Statement statement, String detail) {
    return new MqttViolation(ReasonCode.PROTOCOL_ERROR, statement, detail);
  }
}
