package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.PacketType.AUTH;
import static io.culvert.mqtt.wire.PacketType.CONNACK;
import static io.culvert.mqtt.wire.PacketType.DISCONNECT;
import static io.culvert.mqtt.wire.PacketType.PUBACK;
import static io.culvert.mqtt.wire.PacketType.PUBCOMP;
import static io.culvert.mqtt.wire.PacketType.PUBREC;
import static io.culvert.mqtt.wire.PacketType.PUBREL;
import static io.culvert.mqtt.wire.PacketType.SUBACK;
import static io.culvert.mqtt.wire.PacketType.UNSUBACK;

import org.jspecify.annotations.Nullable;

/**
 * The Reason Codes of MQTT 5 with the packets that may carry them (section 2.4). 0x00 is one
 * constant, whether it means success, a normal disconnection or granted QoS 0.
 */
public enum ReasonCode {
  SUCCESS(0x00, CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH),
  GRANTED_QOS_1(0x01, SUBACK),
  GRANTED_QOS_2(0x02, SUBACK),
  DISCONNECT_WITH_WILL_MESSAGE(0x04, DISCONNECT),
  NO_MATCHING_SUBSCRIBERS(0x10, PUBACK, PUBREC),
  NO_SUBSCRIPTION_EXISTED(0x11, UNSUBACK),
  CONTINUE_AUTHENTICATION(0x18, AUTH),
  REAUTHENTICATE(0x19, AUTH),
  UNSPECIFIED_ERROR(0x80, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, DISCONNECT),
  MALFORMED_PACKET(0x81, CONNACK, DISCONNECT),
  PROTOCOL_ERROR(0x82, CONNACK, DISCONNECT),
  IMPLEMENTATION_SPECIFIC_ERROR(0x83, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, DISCONNECT),
  UNSUPPORTED_PROTOCOL_VERSION(0x84, CONNACK),
  CLIENT_IDENTIFIER_NOT_VALID(0x85, CONNACK),
  BAD_USERNAME_OR_PASSWORD(0x86, CONNACK),
  NOT_AUTHORIZED(0x87, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, DISCONNECT),
  SERVER_UNAVAILABLE(0x88, CONNACK),
  SERVER_BUSY(0x89, CONNACK, DISCONNECT),
  BANNED(0x8A, CONNACK),
  SERVER_SHUTTING_DOWN(0x8B, DISCONNECT),
  BAD_AUTHENTICATION_METHOD(0x8C, CONNACK),
  KEEP_ALIVE_TIMEOUT(0x8D, DISCONNECT),
  SESSION_TAKEN_OVER(0x8E, DISCONNECT),
  TOPIC_FILTER_INVALID(0x8F, SUBACK, UNSUBACK, DISCONNECT),
  TOPIC_NAME_INVALID(0x90, CONNACK, PUBACK, PUBREC, DISCONNECT),
  PACKET_IDENTIFIER_IN_USE(0x91, PUBACK, PUBREC, SUBACK, UNSUBACK),
  PACKET_IDENTIFIER_NOT_FOUND(0x92, PUBREL, PUBCOMP),
  RECEIVE_MAXIMUM_EXCEEDED(0x93, DISCONNECT),
  TOPIC_ALIAS_INVALID(0x94, DISCONNECT),
  PACKET_TOO_LARGE(0x95, CONNACK, DISCONNECT),
  MESSAGE_RATE_TOO_HIGH(0x96, DISCONNECT),
  QUOTA_EXCEEDED(0x97, CONNACK, PUBACK, PUBREC, SUBACK, DISCONNECT),
  ADMINISTRATIVE_ACTION(0x98, DISCONNECT),
  PAYLOAD_FORMAT_INVALID(0x99, CONNACK, PUBACK, PUBREC, DISCONNECT),
  RETAIN_NOT_SUPPORTED(0x9A, CONNACK, DISCONNECT),
  QOS_NOT_SUPPORTED(0x9B, CONNACK, DISCONNECT),
  USE_ANOTHER_SERVER(0x9C, CONNACK, DISCONNECT),
  SERVER_MOVED(0x9D, CONNACK, DISCONNECT),
  SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E, SUBACK, DISCONNECT),
  CONNECTION_RATE_EXCEEDED(0x9F, CONNACK, DISCONNECT),
  MAXIMUM_CONNECT_TIME(0xA0, DISCONNECT),
  SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1, SUBACK, DISCONNECT),
  WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2, SUBACK, DISCONNECT);

  private static final @Nullable ReasonCode[] BY_VALUE = byValue();

  private final int value;
  private final int packets;

  ReasonCode(int value, PacketType... packets) {
    this.value = value;
    int mask = 0;
    for (PacketType packet : packets) {
      mask |= 1 << packet.value();
    }
    this.packets = mask;
  }

  /** The number on the wire, 0…255. */
  public int value() {
    return value;
  }

  /** Whether it reports a failure. */
  public boolean isError() {
    return value >= 0x80;
  }

  public boolean allowedIn(PacketType packet) {
    return (packets & 1 << packet.value()) != 0;
  }

  /**
   * The code with this number in a packet of this type.
   *
   * @throws MqttViolation when there is none, or it has no place in that packet
   */
  public static ReasonCode of(int value, PacketType in) {
    ReasonCode code = BY_VALUE[value & 0xff];
    if (code == null || !code.allowedIn(in)) {
      throw Violations.protocolError(
          listedIn(in), String.format("reason code 0x%02X is not allowed in %s", value, in));
    }
    return code;
  }

  /** The code of SUBACK that grants this QoS. */
  public static ReasonCode granted(QoS qos) {
    return switch (qos) {
      case AT_MOST_ONCE -> SUCCESS;
      case AT_LEAST_ONCE -> GRANTED_QOS_1;
      case EXACTLY_ONCE -> GRANTED_QOS_2;
    };
  }

  /** The return code of a CONNACK before MQTT 5, 0…5; what has none of its own is 3. */
  public int toReturnCode() {
    if (!isError()) {
      return 0;
    }
    if (this == UNSUPPORTED_PROTOCOL_VERSION) {
      return 1;
    }
    if (this == CLIENT_IDENTIFIER_NOT_VALID) {
      return 2;
    }
    if (this == BAD_USERNAME_OR_PASSWORD || this == BAD_AUTHENTICATION_METHOD) {
      return 4;
    }
    return this == NOT_AUTHORIZED || this == BANNED ? 5 : 3;
  }

  /**
   * The code that says the same as a return code of CONNACK before MQTT 5.
   *
   * @throws MqttViolation when it is not 0…5
   */
  public static ReasonCode ofReturnCode(int returnCode) {
    return switch (returnCode) {
      case 0 -> SUCCESS;
      case 1 -> UNSUPPORTED_PROTOCOL_VERSION;
      case 2 -> CLIENT_IDENTIFIER_NOT_VALID;
      case 3 -> SERVER_UNAVAILABLE;
      case 4 -> BAD_USERNAME_OR_PASSWORD;
      case 5 -> NOT_AUTHORIZED;
      default -> throw Violations.protocolError(null, "CONNACK return code " + returnCode);
    };
  }

  /** Refuses, as our own fault, to build a packet with a code that is foreign to it. */
  void checkAllowedIn(PacketType packet) {
    if (!allowedIn(packet)) {
      throw new IllegalArgumentException(this + " is not a reason code of " + packet);
    }
  }

  private static @Nullable Statement listedIn(PacketType packet) {
    return switch (packet) {
      case CONNACK -> Statement.MQTT5_3_2_2_8;
      case PUBACK -> Statement.MQTT5_3_4_2_1;
      case PUBREC -> Statement.MQTT5_3_5_2_1;
      case PUBREL -> Statement.MQTT5_3_6_2_1;
      case PUBCOMP -> Statement.MQTT5_3_7_2_1;
      case SUBACK -> Statement.MQTT5_3_9_3_2;
      case UNSUBACK -> Statement.MQTT5_3_11_3_2;
      case DISCONNECT -> Statement.MQTT5_3_14_2_1;
      case AUTH -> Statement.MQTT5_3_15_2_1;
      case CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, PINGRESP -> null;
    };
  }

  private static @Nullable ReasonCode[] byValue() {
    @Nullable ReasonCode[] table = new ReasonCode[256];
    for (ReasonCode code : values()) {
      table[code.value] = code;
    }
    return table;
  }
}
