package io.culvert.mqtt.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import org.jspecify.annotations.Nullable;

/** Reads the body of CONNECT. */
final class ConnectBody {
  private static final int RESERVED = 0x01;
  private static final int CLEAN_START = 0x02;
  private static final int WILL = 0x04;
  private static final int WILL_QOS_SHIFT = 3;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USER_NAME = 0x80;

  private ConnectBody() {}

  /** Reads Protocol Name and level. */
  static MqttVersion version(ByteReader in) {
    Bytes name = in.take(in.u16());
    int level = in.u8();
    MqttVersion version = MqttVersion.ofLevel(level);
    if (version == null || !name.equals(Bytes.utf8(version.protocolName()))) {
      boolean known = name.equals(Bytes.utf8(MqttVersion.MQTT_5.protocolName()));
      throw new MqttViolation(
          ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
          known ? Statement.MQTT5_3_1_2_2 : Statement.MQTT5_3_1_2_1,
          known ? "protocol level " + level : "unknown protocol name");
    }
    return version;
  }

  /** Reads what follows the level. */
  static Connect read(ByteReader in, MqttVersion version, int maximumUserProperties) {
    int flags = in.u8();
    checkFlags(flags, version);
    int keepAlive = in.u16();
    Properties properties =
        version.isMqtt5()
            ? PropertySection.read(in, PacketType.CONNECT.value(), maximumUserProperties).copy()
            : Properties.EMPTY;
    if (properties.has(Property.AUTHENTICATION_DATA)
        && !properties.has(Property.AUTHENTICATION_METHOD)) {
      throw Violations.protocolError(null, "Authentication Data without Authentication Method");
    }
    String clientId =
        Utf8.read(
            in, version.isMqtt5() ? Statement.MQTT5_3_1_3_4 : Statement.MQTT3_3_1_3_4, "Client Id");
    Will will = (flags & WILL) == 0 ? null : will(in, flags, version, maximumUserProperties);
    String userName = (flags & USER_NAME) == 0 ? null : userName(in, version);
    Bytes password = (flags & PASSWORD) == 0 ? null : in.take(in.u16()).copy();
    return new Connect(
        version,
        (flags & CLEAN_START) != 0,
        keepAlive,
        clientId,
        will,
        userName,
        password,
        properties);
  }

  private static void checkFlags(int flags, MqttVersion version) {
    boolean five = version.isMqtt5();
    if ((flags & RESERVED) != 0) {
      throw Violations.malformed(
          five ? Statement.MQTT5_3_1_2_3 : Statement.MQTT3_3_1_2_3, "reserved Connect Flag");
    }
    int willQos = flags >>> WILL_QOS_SHIFT & 3;
    if (willQos == 3) {
      throw Violations.malformed(
          five ? Statement.MQTT5_3_1_2_12 : Statement.MQTT3_3_1_2_14, "Will QoS 3");
    }
    if ((flags & WILL) == 0 && willQos != 0) {
      throw Violations.malformed(
          five ? Statement.MQTT5_3_1_2_11 : Statement.MQTT3_3_1_2_13, "Will QoS without Will Flag");
    }
    if ((flags & (WILL | WILL_RETAIN)) == WILL_RETAIN) {
      throw Violations.malformed(
          five ? Statement.MQTT5_3_1_2_13 : Statement.MQTT3_3_1_2_15,
          "Will Retain without Will Flag");
    }
    if (!five && (flags & (USER_NAME | PASSWORD)) == PASSWORD) {
      throw Violations.malformed(Statement.MQTT3_3_1_2_22, "Password without User Name");
    }
  }

  private static Will will(
      ByteReader in, int flags, MqttVersion version, int maximumUserProperties) {
    Properties properties =
        version.isMqtt5()
            ? PropertySection.read(in, Property.IN_WILL, maximumUserProperties)
            : Properties.EMPTY;
    TopicName topic = TopicName.parse(in.take(in.u16()), version);
    Bytes payload = in.take(in.u16());
    QoS qos = QoS.of(flags >>> WILL_QOS_SHIFT & 3);
    return new Will(topic, payload, qos, (flags & WILL_RETAIN) != 0, properties).copy();
  }

  private static @Nullable String userName(ByteReader in, MqttVersion version) {
    return Utf8.read(
        in, version.isMqtt5() ? Statement.MQTT5_3_1_3_12 : Statement.MQTT3_3_1_3_11, "User Name");
  }
}
