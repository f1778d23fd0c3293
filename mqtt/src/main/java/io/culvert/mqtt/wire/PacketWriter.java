package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what we want to send and writes first bytes and bodies. */
final class PacketWriter {
  private static final int DUP = 0x08;
  private static final int RETAIN = 0x01;

  private PacketWriter() {}

  /** Refuses, as our own fault, what a peer could not accept; records check the rest. */
  static void check(MqttPacket packet, MqttVersion version) {
    switch (packet.type()) {
      case PUBLISH -> checkPublish((Publish) packet, version);
      case CONNECT -> checkConnect((Connect) packet, version);
      case SUBSCRIBE -> {
        MqttEncoder.checkPacketId(packet.packetId());
        for (Subscribe.Entry entry : ((Subscribe) packet).entries()) {
          checkText(entry.filter());
        }
        checkNotEmpty(((Subscribe) packet).entries(), "SUBSCRIBE");
      }
      case UNSUBSCRIBE -> {
        MqttEncoder.checkPacketId(packet.packetId());
        ((Unsubscribe) packet).filters().forEach(PacketWriter::checkText);
        checkNotEmpty(((Unsubscribe) packet).filters(), "UNSUBSCRIBE");
      }
      case SUBACK -> {
        MqttEncoder.checkPacketId(packet.packetId());
        checkNotEmpty(((SubAck) packet).reasonCodes(), "SUBACK");
      }
      case UNSUBACK -> {
        MqttEncoder.checkPacketId(packet.packetId());
        if (version.isMqtt5()) {
          checkNotEmpty(((UnsubAck) packet).reasonCodes(), "UNSUBACK");
        }
      }
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> MqttEncoder.checkPacketId(packet.packetId());
      case AUTH -> {
        if (!version.isMqtt5()) {
          throw new IllegalArgumentException("AUTH before MQTT 5");
        }
      }
      case CONNACK, PINGREQ, PINGRESP, DISCONNECT -> {}
    }
  }

  static int firstByte(MqttPacket packet) {
    int type = packet.type().value() << 4;
    return packet instanceof Publish p
        ? type | publishFlags(p.qos(), p.retain()) | (p.dup() ? DUP : 0)
        : type | packet.type().reservedFlags();
  }

  static int publishFlags(QoS qos, boolean retain) {
    return qos.value() << 1 | (retain ? RETAIN : 0);
  }

  static void body(MqttPacket packet, MqttVersion version, Outbox out) {
    boolean five = version.isMqtt5();
    if (packet instanceof Publish p) {
      string(p.topic().utf8(), out);
      if (p.qos() != QoS.AT_MOST_ONCE) {
        out.u16(p.packetId());
      }
      section(p.properties(), five, out);
      out.copy(p.payload());
    } else if (packet instanceof PubAck p) {
      acknowledgement(p.packetId(), p.reasonCode(), p.properties(), five, out);
    } else if (packet instanceof PubRec p) {
      acknowledgement(p.packetId(), p.reasonCode(), p.properties(), five, out);
    } else if (packet instanceof PubRel p) {
      acknowledgement(p.packetId(), p.reasonCode(), p.properties(), five, out);
    } else if (packet instanceof PubComp p) {
      acknowledgement(p.packetId(), p.reasonCode(), p.properties(), five, out);
    } else if (packet instanceof Connect p) {
      connect(p, out);
    } else if (packet instanceof ConnAck p) {
      out.u8(p.sessionPresent() && version != MqttVersion.MQTT_3_1 ? 1 : 0);
      out.u8(five ? p.reasonCode().value() : p.reasonCode().toReturnCode());
      section(p.properties(), five, out);
    } else if (packet instanceof Subscribe p) {
      out.u16(p.packetId());
      section(p.properties(), five, out);
      for (Subscribe.Entry entry : p.entries()) {
        string(entry.filter(), out);
        out.u8(options(entry.options(), five));
      }
    } else if (packet instanceof SubAck p) {
      out.u16(p.packetId());
      section(p.properties(), five, out);
      for (ReasonCode code : p.reasonCodes()) {
        out.u8((!five && code.isError() ? ReasonCode.UNSPECIFIED_ERROR : code).value());
      }
    } else if (packet instanceof Unsubscribe p) {
      out.u16(p.packetId());
      section(p.properties(), five, out);
      for (String filter : p.filters()) {
        string(filter, out);
      }
    } else if (packet instanceof UnsubAck p) {
      out.u16(p.packetId());
      section(p.properties(), five, out);
      for (ReasonCode code : five ? p.reasonCodes() : List.<ReasonCode>of()) {
        out.u8(code.value());
      }
    } else if (packet instanceof Disconnect p) {
      codeAndProperties(p.reasonCode(), p.properties(), five, out);
    } else if (packet instanceof Auth p && !isBareSuccess(p)) {
      out.u8(p.reasonCode().value());
      p.properties().writeTo(out);
    }
  }

  static void checkPublish(TopicName topic, Properties properties, MqttVersion version) {
    boolean alias = version.isMqtt5() && properties.has(Property.TOPIC_ALIAS);
    if (topic.isEmpty() && !alias) {
      throw new IllegalArgumentException("PUBLISH with neither Topic Name nor Topic Alias");
    }
  }

  private static void checkPublish(Publish p, MqttVersion version) {
    checkPublish(p.topic(), p.properties(), version);
    if (p.qos() != QoS.AT_MOST_ONCE) {
      MqttEncoder.checkPacketId(p.packetId());
    } else if (p.dup() || p.packetId() != 0) { // [MQTT5-3.3.1-2] [MQTT5-2.2.1-2]
      throw new IllegalArgumentException("DUP or Packet Identifier at QoS 0");
    }
  }

  private static void checkConnect(Connect p, MqttVersion version) {
    if (p.version() != version) {
      throw new IllegalArgumentException("CONNECT of " + p.version() + " in " + version);
    }
    if (!version.isMqtt5() && p.password() != null && p.userName() == null) {
      throw new IllegalArgumentException("Password without User Name"); // [MQTT3-3.1.2-22]
    }
    if (p.keepAliveSeconds() < 0 || p.keepAliveSeconds() > 0xffff) {
      throw new IllegalArgumentException("Keep Alive " + p.keepAliveSeconds());
    }
    checkText(p.clientId());
    String userName = p.userName();
    if (userName != null) {
      checkText(userName);
    }
    Bytes password = p.password();
    if (password != null) {
      checkLength(password, "Password");
    }
    Will will = p.will();
    if (will != null) {
      checkLength(will.payload(), "Will Payload");
      if (will.topic().isEmpty()) {
        throw new IllegalArgumentException("Will without Topic Name");
      }
    }
  }

  private static void checkText(String text) {
    Utf8.checkEncodable(text);
  }

  private static void checkLength(Bytes bytes, String what) {
    if (bytes.length() > Utf8.MAXIMUM_BYTES) {
      throw new IllegalArgumentException(what + " is longer than 65535 bytes");
    }
  }

  private static void checkNotEmpty(List<?> entries, String what) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(what + " without entries");
    }
  }

  private static void connect(Connect p, Outbox out) {
    boolean five = p.version().isMqtt5();
    string(p.version().protocolName(), out);
    out.u8(p.version().level());
    out.u8(connectFlags(p));
    out.u16(p.keepAliveSeconds());
    section(p.properties(), five, out);
    string(p.clientId(), out);
    Will will = p.will();
    if (will != null) {
      section(will.properties(), five, out);
      string(will.topic().utf8(), out);
      string(will.payload(), out);
    }
    optional(p.userName(), out);
    Bytes password = p.password();
    if (password != null) {
      string(password, out);
    }
  }

  private static int connectFlags(Connect p) {
    int flags = p.cleanStart() ? 0x02 : 0;
    Will will = p.will();
    if (will != null) {
      flags |= 0x04 | will.qos().value() << 3 | (will.retain() ? 0x20 : 0);
    }
    return flags | (p.password() != null ? 0x40 : 0) | (p.userName() != null ? 0x80 : 0);
  }

  private static void acknowledgement(
      int packetId, ReasonCode code, Properties properties, boolean five, Outbox out) {
    out.u16(packetId);
    codeAndProperties(code, properties, five, out);
  }

  private static void codeAndProperties(
      ReasonCode code, Properties properties, boolean five, Outbox out) {
    if (!five || (code == ReasonCode.SUCCESS && properties.isEmpty())) {
      return;
    }
    out.u8(code.value());
    if (!properties.isEmpty()) {
      properties.writeTo(out);
    }
  }

  private static boolean isBareSuccess(Auth p) {
    return p.reasonCode() == ReasonCode.SUCCESS && p.properties().isEmpty();
  }

  private static int options(SubscriptionOptions options, boolean five) {
    int qos = options.qos().value();
    return five
        ? qos
            | (options.noLocal() ? 0x04 : 0)
            | (options.retainAsPublished() ? 0x08 : 0)
            | options.retainHandling().value() << 4
        : qos;
  }

  private static void section(Properties properties, boolean five, Outbox out) {
    if (five) {
      properties.writeTo(out);
    }
  }

  private static void optional(@Nullable String text, Outbox out) {
    if (text != null) {
      string(text, out);
    }
  }

  private static void string(String text, Outbox out) {
    string(Bytes.wrap(Utf8.encode(text)), out);
  }

  private static void string(Bytes bytes, Outbox out) {
    out.u16(bytes.length());
    out.copy(bytes);
  }
}
