package io.culvert.mqtt.wire;

import io.culvert.engine.ByteReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of all packets but CONNECT. The caller looks for bytes that are left over. */
final class PacketBodies {
  private static final int DUP = 0x08;
  private static final int RETAIN = 0x01;

  private static final int NO_LOCAL = 0x04;
  private static final int RETAIN_AS_PUBLISHED = 0x08;
  private static final int RETAIN_HANDLING_SHIFT = 4;
  private static final int RESERVED_OPTIONS = 0xc0;

  private int maximumUserProperties = Integer.MAX_VALUE;

  int maximumUserProperties() {
    return maximumUserProperties;
  }

  void maximumUserProperties(int count) {
    maximumUserProperties = count;
  }

  Publish publish(ByteReader in, int flags, MqttVersion version) {
    int qos = flags >>> 1 & 3;
    boolean dup = (flags & DUP) != 0;
    if (qos == 3) {
      throw Violations.malformed(
          version.isMqtt5() ? Statement.MQTT5_3_3_1_4 : Statement.MQTT3_3_3_1_4, "QoS 3");
    }
    if (dup && qos == 0) {
      throw Violations.malformed(
          version.isMqtt5() ? Statement.MQTT5_3_3_1_2 : Statement.MQTT3_3_3_1_2, "DUP at QoS 0");
    }
    TopicName topic = TopicName.read(in, version);
    int packetId = qos == 0 ? 0 : packetId(in, version);
    Properties properties = properties(in, PacketType.PUBLISH, version);
    if (topic.isEmpty() && !properties.has(Property.TOPIC_ALIAS)) {
      throw Violations.protocolError(
          version.isMqtt5() ? Statement.MQTT5_4_7_3_1 : Statement.MQTT3_4_7_3_1,
          "empty Topic Name without Topic Alias");
    }
    return new Publish(
        topic, in.takeRest(), QoS.of(qos), (flags & RETAIN) != 0, dup, packetId, properties);
  }

  MqttPacket acknowledgement(ByteReader in, PacketType type, MqttVersion version) {
    int packetId = packetId(in, version);
    ReasonCode code = ReasonCode.SUCCESS;
    Properties properties = Properties.EMPTY;
    if (version.isMqtt5() && in.remaining() > 0) {
      code = ReasonCode.of(in.u8(), type);
      if (in.remaining() > 0) {
        properties = properties(in, type, version).copy();
      }
    }
    return switch (type) {
      case PUBACK -> new PubAck(packetId, code, properties);
      case PUBREC -> new PubRec(packetId, code, properties);
      case PUBREL -> new PubRel(packetId, code, properties);
      default -> new PubComp(packetId, code, properties);
    };
  }

  ConnAck connAck(ByteReader in, MqttVersion version) {
    int flags = in.u8();
    if (flags > 1 && version != MqttVersion.MQTT_3_1) { // 3.1 has no flags here
      throw Violations.malformed(
          version.isMqtt5() ? Statement.MQTT5_3_2_2_1 : null, "reserved CONNACK flags");
    }
    boolean sessionPresent = flags == 1 && version != MqttVersion.MQTT_3_1;
    if (!version.isMqtt5()) {
      return new ConnAck(sessionPresent, ReasonCode.ofReturnCode(in.u8()), Properties.EMPTY);
    }
    ReasonCode code = ReasonCode.of(in.u8(), PacketType.CONNACK);
    return new ConnAck(sessionPresent, code, properties(in, PacketType.CONNACK, version).copy());
  }

  Subscribe subscribe(ByteReader in, MqttVersion version) {
    int packetId = packetId(in, version);
    Properties properties = properties(in, PacketType.SUBSCRIBE, version).copy();
    List<Subscribe.Entry> entries = new ArrayList<>(1);
    while (in.remaining() > 0) {
      String filter =
          Utf8.read(
              in,
              version.isMqtt5() ? Statement.MQTT5_3_8_3_1 : Statement.MQTT3_3_8_3_1,
              "Topic Filter");
      entries.add(new Subscribe.Entry(filter, options(in.u8(), version)));
    }
    if (entries.isEmpty()) {
      throw Violations.protocolError(
          version.isMqtt5() ? Statement.MQTT5_3_8_3_2 : Statement.MQTT3_3_8_3_3,
          "SUBSCRIBE without Topic Filter");
    }
    return new Subscribe(packetId, entries, properties);
  }

  SubAck subAck(ByteReader in, MqttVersion version) {
    int packetId = packetId(in, version);
    Properties properties = properties(in, PacketType.SUBACK, version).copy();
    List<ReasonCode> codes = reasonCodes(in, PacketType.SUBACK);
    if (!version.isMqtt5()) {
      codes.forEach(PacketBodies::checkReturnCode);
    }
    return new SubAck(packetId, codes, properties);
  }

  Unsubscribe unsubscribe(ByteReader in, MqttVersion version) {
    int packetId = packetId(in, version);
    Properties properties = properties(in, PacketType.UNSUBSCRIBE, version).copy();
    List<String> filters = new ArrayList<>(1);
    while (in.remaining() > 0) {
      filters.add(
          Utf8.read(
              in,
              version.isMqtt5() ? Statement.MQTT5_3_10_3_1 : Statement.MQTT3_3_10_3_1,
              "Topic Filter"));
    }
    if (filters.isEmpty()) {
      throw Violations.protocolError(
          version.isMqtt5() ? Statement.MQTT5_3_10_3_2 : Statement.MQTT3_3_10_3_2,
          "UNSUBSCRIBE without Topic Filter");
    }
    return new Unsubscribe(packetId, filters, properties);
  }

  UnsubAck unsubAck(ByteReader in, MqttVersion version) {
    int packetId = packetId(in, version);
    if (!version.isMqtt5()) {
      return new UnsubAck(packetId, List.of(), Properties.EMPTY);
    }
    Properties properties = properties(in, PacketType.UNSUBACK, version).copy();
    return new UnsubAck(packetId, reasonCodes(in, PacketType.UNSUBACK), properties);
  }

  Disconnect disconnect(ByteReader in, MqttVersion version) {
    if (!version.isMqtt5() || in.remaining() == 0) {
      return Disconnect.NORMAL;
    }
    ReasonCode code = ReasonCode.of(in.u8(), PacketType.DISCONNECT);
    Properties properties =
        in.remaining() == 0
            ? Properties.EMPTY
            : properties(in, PacketType.DISCONNECT, version).copy();
    return new Disconnect(code, properties);
  }

  Auth auth(ByteReader in) {
    if (in.remaining() == 0) {
      return new Auth(ReasonCode.SUCCESS, Properties.EMPTY);
    }
    ReasonCode code = ReasonCode.of(in.u8(), PacketType.AUTH);
    return new Auth(code, properties(in, PacketType.AUTH, MqttVersion.MQTT_5).copy());
  }

  private static List<ReasonCode> reasonCodes(ByteReader in, PacketType type) {
    if (in.remaining() == 0) {
      throw Violations.protocolError(
          type == PacketType.SUBACK ? Statement.MQTT5_3_8_4_6 : null,
          type + " without reason code");
    }
    List<ReasonCode> codes = new ArrayList<>(in.remaining());
    while (in.remaining() > 0) {
      codes.add(ReasonCode.of(in.u8(), type));
    }
    return codes;
  }

  private static void checkReturnCode(ReasonCode code) {
    if (code.isError() && code != ReasonCode.UNSPECIFIED_ERROR) {
      throw Violations.protocolError(
          Statement.MQTT3_3_9_3_2, String.format("SUBACK return code 0x%02X", code.value()));
    }
  }

  private static SubscriptionOptions options(int bits, MqttVersion version) {
    int qos = bits & 3;
    if (!version.isMqtt5()) {
      if (bits > 2) {
        throw Violations.malformed(Statement.MQTT3_3_8_3_4, "requested QoS byte " + bits);
      }
      return SubscriptionOptions.of(QoS.of(qos));
    }
    if ((bits & RESERVED_OPTIONS) != 0) {
      throw Violations.malformed(Statement.MQTT5_3_8_3_5, "reserved Subscription Options " + bits);
    }
    int retainHandling = bits >>> RETAIN_HANDLING_SHIFT;
    if (qos == 3 || retainHandling == 3) {
      throw Violations.protocolError(null, (qos == 3 ? "Maximum QoS" : "Retain Handling") + " 3");
    }
    return new SubscriptionOptions(
        QoS.of(qos),
        (bits & NO_LOCAL) != 0,
        (bits & RETAIN_AS_PUBLISHED) != 0,
        RetainHandling.of(retainHandling));
  }

  private static int packetId(ByteReader in, MqttVersion version) {
    int packetId = in.u16();
    if (packetId == 0) {
      throw Violations.protocolError(zeroIdStatement(version), "Packet Identifier 0");
    }
    return packetId;
  }

  private static @Nullable Statement zeroIdStatement(MqttVersion version) {
    return version.isMqtt5() ? Statement.MQTT5_2_2_1_3 : Statement.MQTT3_2_3_1_1;
  }

  private Properties properties(ByteReader in, PacketType type, MqttVersion version) {
    return version.isMqtt5()
        ? PropertySection.read(in, type.value(), maximumUserProperties)
        : Properties.EMPTY;
  }
}
