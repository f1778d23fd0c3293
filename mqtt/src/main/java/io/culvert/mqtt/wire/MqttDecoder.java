package io.culvert.mqtt.wire;

import io.culvert.engine.ByteReader;
import io.culvert.engine.ReceiveBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes to packets, strictly. Type, flags and size are judged on the fixed header, before the body
 * is there. Whatever a peer sends, nothing but {@link MqttViolation} comes out; after one the bytes
 * that are left have no meaning any more.
 *
 * <p>Topic, payload and properties of a decoded PUBLISH are borrowed from the buffer; everything
 * else has arrays of its own.
 */
public final class MqttDecoder {
  private static final int LONGEST_REMAINING_LENGTH_BYTES = 4;

  private final ByteReader reader = new ByteReader();
  private final PacketBodies bodies = new PacketBodies();
  private long maximumPacketSizeBytes;
  private MqttVersion version = MqttVersion.MQTT_5;
  private @Nullable PacketType lastType;
  private int lastSizeBytes;

  /** A decoder that refuses larger packets; counts the whole packet, fixed header included. */
  public MqttDecoder(long maximumPacketSizeBytes) {
    this.maximumPacketSizeBytes = maximumPacketSizeBytes;
  }

  /** What the connection speaks. MQTT 5 at first; adopted from a CONNECT that is decoded. */
  public MqttVersion version() {
    return version;
  }

  public void version(MqttVersion version) {
    this.version = version;
  }

  public void maximumPacketSize(long bytes) {
    maximumPacketSizeBytes = bytes;
  }

  /** How many User Properties a packet, or the Will in it, may have; any number unless set. */
  public void maximumUserProperties(int count) {
    bodies.maximumUserProperties(count);
  }

  /** The type of the packet that was returned or refused last; null when it named none. */
  public @Nullable PacketType lastType() {
    return lastType;
  }

  /** The size of the packet that was returned last, fixed header included. */
  public int lastSizeBytes() {
    return lastSizeBytes;
  }

  /**
   * Takes the next packet from the front of the buffer, or returns null when it is not complete
   * yet.
   *
   * @throws MqttViolation when it is no packet that this decoder accepts
   */
  public @Nullable MqttPacket next(ReceiveBuffer in) {
    try {
      return decode(in);
    } catch (MqttViolation violation) {
      throw violation.in(version);
    }
  }

  private @Nullable MqttPacket decode(ReceiveBuffer in) {
    int readable = in.readable();
    if (readable == 0) {
      return null;
    }
    int first = in.peek(0);
    PacketType type = type(first);
    int remaining = 0;
    int headerSize = 1;
    int digit;
    do {
      if (headerSize > LONGEST_REMAINING_LENGTH_BYTES) {
        throw Violations.malformed(
            version.isMqtt5() ? Statement.MQTT5_1_5_5_1 : null, "Remaining Length with five bytes");
      }
      if (headerSize == readable) {
        return null;
      }
      digit = in.peek(headerSize);
      remaining |= (digit & 0x7f) << (7 * (headerSize - 1));
      headerSize++;
    } while (digit >= 0x80);
    if (digit == 0 && headerSize > 2) {
      throw Violations.malformed(
          version.isMqtt5() ? Statement.MQTT5_1_5_5_1 : null,
          "Remaining Length is not the shortest form");
    }
    checkSize(type, remaining, headerSize);
    if (readable - headerSize < remaining) {
      in.awaits(headerSize + remaining);
      return null;
    }
    in.skip(headerSize);
    in.take(remaining, reader);
    lastSizeBytes = headerSize + remaining;
    return body(type, first & 0x0f);
  }

  private PacketType type(int first) {
    PacketType type = PacketType.of(first >>> 4);
    lastType = type;
    if (type == null || (type == PacketType.AUTH && !version.isMqtt5())) {
      throw Violations.malformed(null, "packet type " + (first >>> 4) + " is reserved");
    }
    int flags = first & 0x0f;
    if (type != PacketType.PUBLISH && flags != type.reservedFlags() && !legacyDup(type, flags)) {
      throw Violations.malformed(
          version.isMqtt5() ? flagsStatement(type) : Statement.MQTT3_2_2_2_2,
          type + " with flags " + flags);
    }
    return type;
  }

  // MQTT 3.1 knows DUP on the requests that are repeated, its sections 3.6, 3.8 and 3.10.
  private boolean legacyDup(PacketType type, int flags) {
    return version == MqttVersion.MQTT_3_1 && type.reservedFlags() != 0 && flags == 0x0a;
  }

  private void checkSize(PacketType type, int remaining, int headerSize) {
    if ((long) headerSize + remaining > maximumPacketSizeBytes) {
      throw new MqttViolation(
          ReasonCode.PACKET_TOO_LARGE,
          null,
          type + " of " + (headerSize + remaining) + " bytes, more than " + maximumPacketSizeBytes);
    }
    if (remaining > 0 && (type == PacketType.PINGREQ || type == PacketType.PINGRESP)) {
      throw Violations.malformed(null, type + " with a body");
    }
  }

  private MqttPacket body(PacketType type, int flags) {
    MqttPacket packet;
    try {
      packet =
          switch (type) {
            case PUBLISH -> bodies.publish(reader, flags, version);
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> bodies.acknowledgement(reader, type, version);
            case PINGREQ -> PingReq.INSTANCE;
            case PINGRESP -> PingResp.INSTANCE;
            case CONNECT -> connect();
            case CONNACK -> bodies.connAck(reader, version);
            case SUBSCRIBE -> bodies.subscribe(reader, version);
            case SUBACK -> bodies.subAck(reader, version);
            case UNSUBSCRIBE -> bodies.unsubscribe(reader, version);
            case UNSUBACK -> bodies.unsubAck(reader, version);
            case DISCONNECT -> bodies.disconnect(reader, version);
            case AUTH -> bodies.auth(reader);
          };
    } catch (ByteReader.Truncated truncated) {
      throw Violations.malformed(null, type + " ends inside a field");
    }
    if (reader.remaining() > 0) {
      throw Violations.malformed(null, type + " with " + reader.remaining() + " bytes left over");
    }
    return packet;
  }

  private Connect connect() {
    version = ConnectBody.version(reader);
    return ConnectBody.read(reader, version, bodies.maximumUserProperties());
  }

  private static Statement flagsStatement(PacketType type) {
    return switch (type) {
      case PUBREL -> Statement.MQTT5_3_6_1_1;
      case SUBSCRIBE -> Statement.MQTT5_3_8_1_1;
      case UNSUBSCRIBE -> Statement.MQTT5_3_10_1_1;
      case DISCONNECT -> Statement.MQTT5_3_14_1_1;
      case AUTH -> Statement.MQTT5_3_15_1_1;
      default -> Statement.MQTT5_2_1_3_1;
    };
  }
}
