package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets to bytes, in the shortest form. What a peer could not accept is our own fault and an
 * {@link IllegalArgumentException}, thrown before the first byte is written. Before MQTT 5
 * properties stay behind and reason codes become what that version has for them.
 */
public final class MqttEncoder {
  private static final int LARGEST_REMAINING_LENGTH = 268_435_455;

  private MqttEncoder() {}

  /** Writes a packet; copies all of it. */
  public static void write(MqttPacket packet, MqttVersion version, Outbox out) {
    PacketWriter.check(packet, version);
    int remaining = remaining(packet, version);
    out.u8(PacketWriter.firstByte(packet));
    out.varInt(remaining);
    PacketWriter.body(packet, version, out);
  }

  /** Bytes that {@link #write} would write, for the peer's Maximum Packet Size. */
  public static int size(MqttPacket packet, MqttVersion version) {
    int remaining = remaining(packet, version);
    return 1 + Properties.varIntSize(remaining) + remaining;
  }

  /** Writes PUBACK, PUBREC, PUBREL or PUBCOMP without properties. */
  public static void writeAck(
      PacketType type, int packetId, ReasonCode reasonCode, MqttVersion version, Outbox out) {
    checkPacketId(packetId);
    reasonCode.checkAllowedIn(type);
    boolean withCode = version.isMqtt5() && reasonCode != ReasonCode.SUCCESS;
    int at = out.reserve(withCode ? 5 : 4);
    byte[] array = out.array();
    array[at] = (byte) (type.value() << 4 | type.reservedFlags());
    array[at + 1] = (byte) (withCode ? 3 : 2);
    array[at + 2] = (byte) (packetId >>> 8);
    array[at + 3] = (byte) packetId;
    if (withCode) {
      array[at + 4] = (byte) reasonCode.value();
    }
  }

  public static void writePingReq(Outbox out) {
    out.u16(PacketType.PINGREQ.value() << 12);
  }

  public static void writePingResp(Outbox out) {
    out.u16(PacketType.PINGRESP.value() << 12);
  }

  static void checkPacketId(int packetId) {
    if (packetId < 1 || packetId > 0xffff) {
      throw new IllegalArgumentException("Packet Identifier " + packetId);
    }
  }

  private static int remaining(MqttPacket packet, MqttVersion version) {
    long remaining = bodySize(packet, version);
    if (remaining > LARGEST_REMAINING_LENGTH) {
      throw new IllegalArgumentException("packet with a body of " + remaining + " bytes");
    }
    return (int) remaining;
  }

  private static long bodySize(MqttPacket packet, MqttVersion version) {
    boolean five = version.isMqtt5();
    if (packet instanceof Publish p) {
      return 2L
          + p.topic().length()
          + (p.qos() == QoS.AT_MOST_ONCE ? 0 : 2)
          + section(p.properties(), five)
          + p.payload().length();
    } else if (packet instanceof PubAck p) {
      return 2L + codeAndProperties(p.reasonCode(), p.properties(), five);
    } else if (packet instanceof PubRec p) {
      return 2L + codeAndProperties(p.reasonCode(), p.properties(), five);
    } else if (packet instanceof PubRel p) {
      return 2L + codeAndProperties(p.reasonCode(), p.properties(), five);
    } else if (packet instanceof PubComp p) {
      return 2L + codeAndProperties(p.reasonCode(), p.properties(), five);
    } else if (packet instanceof Connect p) {
      return connectSize(p);
    } else if (packet instanceof ConnAck p) {
      return 2L + section(p.properties(), five);
    } else if (packet instanceof Subscribe p) {
      long size = 2L + section(p.properties(), five);
      for (Subscribe.Entry entry : p.entries()) {
        size += 3 + Utf8.length(entry.filter());
      }
      return size;
    } else if (packet instanceof SubAck p) {
      return 2L + section(p.properties(), five) + p.reasonCodes().size();
    } else if (packet instanceof Unsubscribe p) {
      return 2L + section(p.properties(), five) + strings(p.filters());
    } else if (packet instanceof UnsubAck p) {
      return five ? 2L + section(p.properties(), true) + p.reasonCodes().size() : 2;
    } else if (packet instanceof Disconnect p) {
      return codeAndProperties(p.reasonCode(), p.properties(), five);
    } else if (packet instanceof Auth p) {
      // Unlike its siblings AUTH has no form with a reason code and without properties.
      return p.reasonCode() == ReasonCode.SUCCESS && p.properties().isEmpty()
          ? 0
          : 1 + section(p.properties(), true);
    }
    return 0;
  }

  private static long connectSize(Connect p) {
    boolean five = p.version().isMqtt5();
    long size = 2L + p.version().protocolName().length() + 4 + section(p.properties(), five);
    size += 2 + Utf8.length(p.clientId());
    Will will = p.will();
    if (will != null) {
      size += section(will.properties(), five);
      size += 4L + will.topic().length() + will.payload().length();
    }
    return size + optional(p.userName()) + optional(p.password());
  }

  private static int optional(@Nullable String text) {
    return text == null ? 0 : 2 + Utf8.length(text);
  }

  private static int optional(@Nullable Bytes bytes) {
    return bytes == null ? 0 : 2 + bytes.length();
  }

  private static long strings(List<String> texts) {
    long size = 0;
    for (String text : texts) {
      size += 2 + Utf8.length(text);
    }
    return size;
  }

  private static int section(Properties properties, boolean five) {
    return five ? properties.sizeBytes() : 0;
  }

  private static int codeAndProperties(ReasonCode code, Properties properties, boolean five) {
    if (!five) {
      return 0;
    }
    if (!properties.isEmpty()) {
      return 1 + properties.sizeBytes();
    }
    return code == ReasonCode.SUCCESS ? 0 : 1;
  }
}
