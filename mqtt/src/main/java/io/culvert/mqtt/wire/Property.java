package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.PacketType.AUTH;
import static io.culvert.mqtt.wire.PacketType.CONNACK;
import static io.culvert.mqtt.wire.PacketType.CONNECT;
import static io.culvert.mqtt.wire.PacketType.DISCONNECT;
import static io.culvert.mqtt.wire.PacketType.PUBACK;
import static io.culvert.mqtt.wire.PacketType.PUBCOMP;
import static io.culvert.mqtt.wire.PacketType.PUBLISH;
import static io.culvert.mqtt.wire.PacketType.PUBREC;
import static io.culvert.mqtt.wire.PacketType.PUBREL;
import static io.culvert.mqtt.wire.PacketType.SUBACK;
import static io.culvert.mqtt.wire.PacketType.SUBSCRIBE;
import static io.culvert.mqtt.wire.PacketType.UNSUBACK;
import static io.culvert.mqtt.wire.PacketType.UNSUBSCRIBE;

import org.jspecify.annotations.Nullable;

/**
 * The properties of MQTT 5 (section 2.2.2.2), the one table that decoder, encoder and every error
 * about properties derive from. All identifiers fit one byte and are below 64.
 */
public enum Property {
  PAYLOAD_FORMAT_INDICATOR(0x01, PropertyType.BOOL, Place.WILL, PUBLISH),
  MESSAGE_EXPIRY_INTERVAL(0x02, PropertyType.U32, Place.WILL, PUBLISH),
  CONTENT_TYPE(0x03, PropertyType.UTF8, Place.WILL, PUBLISH),
  RESPONSE_TOPIC(0x08, PropertyType.UTF8, Place.WILL, PUBLISH),
  CORRELATION_DATA(0x09, PropertyType.BINARY, Place.WILL, PUBLISH),
  SUBSCRIPTION_IDENTIFIER(0x0B, PropertyType.VAR_INT, Place.NO_WILL, PUBLISH, SUBSCRIBE),
  SESSION_EXPIRY_INTERVAL(0x11, PropertyType.U32, Place.NO_WILL, CONNECT, CONNACK, DISCONNECT),
  ASSIGNED_CLIENT_IDENTIFIER(0x12, PropertyType.UTF8, Place.NO_WILL, CONNACK),
  SERVER_KEEP_ALIVE(0x13, PropertyType.U16, Place.NO_WILL, CONNACK),
  AUTHENTICATION_METHOD(0x15, PropertyType.UTF8, Place.NO_WILL, CONNECT, CONNACK, AUTH),
  AUTHENTICATION_DATA(0x16, PropertyType.BINARY, Place.NO_WILL, CONNECT, CONNACK, AUTH),
  REQUEST_PROBLEM_INFORMATION(0x17, PropertyType.BOOL, Place.NO_WILL, CONNECT),
  WILL_DELAY_INTERVAL(0x18, PropertyType.U32, Place.WILL),
  REQUEST_RESPONSE_INFORMATION(0x19, PropertyType.BOOL, Place.NO_WILL, CONNECT),
  RESPONSE_INFORMATION(0x1A, PropertyType.UTF8, Place.NO_WILL, CONNACK),
  SERVER_REFERENCE(0x1C, PropertyType.UTF8, Place.NO_WILL, CONNACK, DISCONNECT),
  REASON_STRING(
      0x1F,
      PropertyType.UTF8,
      Place.NO_WILL,
      CONNACK,
      PUBACK,
      PUBREC,
      PUBREL,
      PUBCOMP,
      SUBACK,
      UNSUBACK,
      DISCONNECT,
      AUTH),
  RECEIVE_MAXIMUM(0x21, PropertyType.U16, Place.NO_WILL, CONNECT, CONNACK),
  TOPIC_ALIAS_MAXIMUM(0x22, PropertyType.U16, Place.NO_WILL, CONNECT, CONNACK),
  TOPIC_ALIAS(0x23, PropertyType.U16, Place.NO_WILL, PUBLISH),
  MAXIMUM_QOS(0x24, PropertyType.BOOL, Place.NO_WILL, CONNACK),
  RETAIN_AVAILABLE(0x25, PropertyType.BOOL, Place.NO_WILL, CONNACK),
  USER_PROPERTY(
      0x26,
      PropertyType.UTF8_PAIR,
      Place.WILL,
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
      DISCONNECT,
      AUTH),
  MAXIMUM_PACKET_SIZE(0x27, PropertyType.U32, Place.NO_WILL, CONNECT, CONNACK),
  WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, PropertyType.BOOL, Place.NO_WILL, CONNACK),
  SUBSCRIPTION_IDENTIFIERS_AVAILABLE(0x29, PropertyType.BOOL, Place.NO_WILL, CONNACK),
  SHARED_SUBSCRIPTION_AVAILABLE(0x2A, PropertyType.BOOL, Place.NO_WILL, CONNACK);

  /** The place of the Will's properties; all others are the numbers of packet types. */
  static final int IN_WILL = 0;

  private static final int PLACES = 16;
  private static final @Nullable Property[] BY_ID = byId();
  private static final long[] ALLOWED = allowed();

  private final int id;
  private final PropertyType type;
  private final int places;

  Property(int id, PropertyType type, Place will, PacketType... packets) {
    this.id = id;
    this.type = type;
    int mask = will == Place.WILL ? 1 << IN_WILL : 0;
    for (PacketType packet : packets) {
      mask |= 1 << packet.value();
    }
    this.places = mask;
  }

  /** The identifier on the wire. */
  public int id() {
    return id;
  }

  public PropertyType type() {
    return type;
  }

  public boolean allowedIn(PacketType packet) {
    return (places & 1 << packet.value()) != 0;
  }

  public boolean allowedInWill() {
    return (places & 1 << IN_WILL) != 0;
  }

  /** Whether it may appear several times in a packet of this type. */
  public boolean repeatableIn(PacketType packet) {
    return repeatableAt(packet.value());
  }

  /** The smallest value of a number. */
  public long minimum() {
    return switch (this) {
      case SUBSCRIPTION_IDENTIFIER, RECEIVE_MAXIMUM, MAXIMUM_PACKET_SIZE, TOPIC_ALIAS -> 1;
      default -> 0;
    };
  }

  /** The largest value of a number. */
  public long maximum() {
    return switch (type) {
      case BOOL -> 1;
      case U8 -> 0xff;
      case U16 -> 0xffff;
      case U32 -> 0xffff_ffffL;
      case VAR_INT -> 268_435_455;
      case UTF8, BINARY, UTF8_PAIR -> 0;
    };
  }

  /** The bit of this property in a mask of present properties. */
  long bit() {
    return 1L << id;
  }

  boolean repeatableAt(int place) {
    return this == USER_PROPERTY
        || (this == SUBSCRIPTION_IDENTIFIER && place == PacketType.PUBLISH.value());
  }

  /** What the peer is told about a number out of range. */
  ReasonCode outOfRange() {
    return this == TOPIC_ALIAS ? ReasonCode.TOPIC_ALIAS_INVALID : ReasonCode.PROTOCOL_ERROR;
  }

  /** The property with this identifier, or null. */
  public static @Nullable Property ofId(int id) {
    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
  }

  /** The mask of all that may appear in a place. */
  static long allowedAt(int place) {
    return ALLOWED[place];
  }

  private static @Nullable Property[] byId() {
    @Nullable Property[] table = new Property[64];
    for (Property property : values()) {
      table[property.id] = property;
    }
    return table;
  }

  private static long[] allowed() {
    long[] table = new long[PLACES];
    for (Property property : values()) {
      for (int place = 0; place < PLACES; place++) {
        if ((property.places & 1 << place) != 0) {
          table[place] |= property.bit();
        }
      }
    }
    return table;
  }

  private enum Place {
    WILL,
    NO_WILL
  }
}
