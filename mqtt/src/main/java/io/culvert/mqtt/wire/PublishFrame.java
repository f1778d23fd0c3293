package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.SharedBytes;
import java.util.Arrays;

/**
 * A PUBLISH encoded once for one shape (version, QoS, RETAIN, properties) and shared by all
 * targets: for each of them it is one copy of bytes with two places patched; with a Topic Alias,
 * which belongs to a target and not to the shape, it is two copies with the alias between them.
 * Where a copy would need an array that the pool does not keep, the payload is referred to.
 * Immutable; owns its bytes, except for a large payload, which is shared and must never change.
 */
public final class PublishFrame {
  /** What a Topic Alias adds: itself, and a byte more of Property Length and Remaining Length. */
  public static final int LARGEST_ALIAS_BYTES = 5;

  private static final int DUP = 0x08;
  private static final int ALIAS_BYTES = 3;

  /** A shorter payload is always copied: to refer to it takes as much memory. */
  private static final int SHAREABLE_BYTES = 512;

  /** All before the payload, and that itself where it is short. */
  private final byte[] head;

  private final int headersLength;

  /** Behind the headers or elsewhere. */
  private final SharedBytes payload;

  private final QoS qos;
  private final int packetIdAt;
  private int topicHash; // 0 until somebody asks

  private PublishFrame(
      byte[] head, int headersLength, SharedBytes payload, QoS qos, int packetIdAt) {
    this.head = head;
    this.headersLength = headersLength;
    this.payload = payload;
    this.qos = qos;
    this.packetIdAt = packetIdAt;
  }

  /**
   * Encodes a message. Topic and properties are copied; so is a payload shorter than {@link
   * Outbox#SHARE_FROM_BYTES}, while a longer one must be immutable. Before MQTT 5 the properties
   * stay behind; a Topic Alias does so always [MQTT5-3.3.2-7]: {@link #writeAliased} gives one.
   */
  public static PublishFrame of(
      MqttVersion version,
      TopicName topic,
      Bytes payload,
      QoS qos,
      boolean retain,
      Properties allProperties) {
    Properties properties = allProperties.without(Property.TOPIC_ALIAS);
    PacketWriter.checkPublish(topic, Properties.EMPTY, version);
    properties.checkAllowedIn(PacketType.PUBLISH);
    boolean share = payload.length() >= Outbox.SHARE_FROM_BYTES;
    int idSize = qos == QoS.AT_MOST_ONCE ? 0 : 2;
    int sectionSize = version.isMqtt5() ? properties.sizeBytes() : 0;
    int headers = 2 + topic.length() + idSize + sectionSize;
    int remaining = Math.addExact(headers, payload.length());
    checkRemaining(remaining);
    int fixed = 1 + Properties.varIntSize(remaining);
    int headersLength = fixed + headers;
    byte[] head = new byte[headersLength + (share ? 0 : payload.length())];
    head[0] = (byte) (PacketType.PUBLISH.value() << 4 | PacketWriter.publishFlags(qos, retain));
    putVarInt(head, 1, remaining);
    head[fixed] = (byte) (topic.length() >>> 8);
    head[fixed + 1] = (byte) topic.length();
    topic.utf8().copyTo(head, fixed + 2);
    int packetIdAt = fixed + 2 + topic.length();
    if (version.isMqtt5()) {
      int at = putVarInt(head, packetIdAt + idSize, properties.contentLength());
      properties.copyTo(head, at);
    }
    Bytes own = payload;
    if (!share) {
      payload.copyTo(head, headersLength);
      own = Bytes.wrap(head, headersLength, payload.length());
    }
    return new PublishFrame(head, headersLength, new SharedBytes(own), qos, packetIdAt);
  }

  /** Writes it for one target; the Packet Identifier is left out of account at QoS 0. */
  public void writeTo(Outbox out, int packetId, boolean dup) {
    if (qos != QoS.AT_MOST_ONCE) {
      MqttEncoder.checkPacketId(packetId);
    }
    boolean share = isSharedWith(out);
    int at = out.copy(head, 0, share ? headersLength : head.length);
    if (qos != QoS.AT_MOST_ONCE) {
      out.patchShort(at + packetIdAt, packetId);
      if (dup) {
        out.patchByte(at, head[0] | DUP); // [MQTT5-3.3.1-1]
      }
    }
    if (share) {
      out.share(payload);
    }
  }

  /**
   * Writes it for one target with a Topic Alias; only for MQTT 5.
   *
   * @param named whether the Topic Name stands beside its alias, which the target learns by that
   */
  public void writeAliased(Outbox out, int packetId, boolean dup, int alias, boolean named) {
    int topicAt = topicAt();
    int topicLength = named ? packetIdAt - topicAt : 0;
    int lengthAt = packetIdAt;
    if (qos != QoS.AT_MOST_ONCE) {
      MqttEncoder.checkPacketId(packetId);
      lengthAt += 2;
    }
    int contentAt = varIntEnd(lengthAt);
    int contentLength =
        (int) PropertySection.number(PropertyType.VAR_INT, head, lengthAt) + ALIAS_BYTES;
    boolean share = isSharedWith(out);
    int rest = (share ? headersLength : head.length) - contentAt;
    int body =
        2
            + topicLength
            + (lengthAt - packetIdAt)
            + Properties.varIntSize(contentLength)
            + ALIAS_BYTES
            + rest;
    int remaining = body + (share ? payload.bytes().length() : 0);
    int at = out.reserve(1 + Properties.varIntSize(remaining) + body);
    byte[] target = out.array();
    target[at] = (byte) (dup && qos != QoS.AT_MOST_ONCE ? head[0] | DUP : head[0]);
    at = putVarInt(target, at + 1, remaining);
    at = putShort(target, at, topicLength);
    System.arraycopy(head, topicAt, target, at, topicLength);
    at += topicLength;
    if (lengthAt > packetIdAt) {
      at = putShort(target, at, packetId);
    }
    at = putVarInt(target, at, contentLength);
    target[at] = (byte) Property.TOPIC_ALIAS.id();
    at = putShort(target, at + 1, alias);
    System.arraycopy(head, contentAt, target, at, rest);
    if (share) {
      out.share(payload);
    }
  }

  /** Length of the Topic Name in bytes. */
  public int topicLength() {
    return packetIdAt - topicAt();
  }

  /** The Topic Name, with bytes of its own. */
  public TopicName topic() {
    return TopicName.trusted(Bytes.wrap(head, topicAt(), topicLength()).copy());
  }

  /** A hash of the Topic Name, computed once for all targets. */
  public int topicHash() {
    int hash = topicHash;
    if (hash == 0) {
      hash = Bytes.wrap(head, topicAt(), topicLength()).hashCode();
      topicHash = hash;
    }
    return hash;
  }

  /** Whether it has this Topic Name. */
  public boolean isAbout(TopicName topic) {
    Bytes utf8 = topic.utf8();
    int from = utf8.start();
    return Arrays.equals(head, topicAt(), packetIdAt, utf8.array(), from, from + utf8.length());
  }

  /** Bytes that {@link #writeTo} writes. */
  public int sizeBytes() {
    return headersLength + payload.bytes().length();
  }

  public QoS qos() {
    return qos;
  }

  /** An outbox gets a reference where the payload is large, or a copy would need an array more. */
  private boolean isSharedWith(Outbox out) {
    int length = payload.bytes().length();
    return head.length == headersLength
        ? length > 0
        : length >= SHAREABLE_BYTES && !out.hasRoomFor(head.length);
  }

  private int topicAt() {
    return varIntEnd(1) + 2;
  }

  private int varIntEnd(int at) {
    int end = at;
    while (head[end] < 0) {
      end++;
    }
    return end + 1;
  }

  private static int putShort(byte[] target, int at, int value) {
    target[at] = (byte) (value >>> 8);
    target[at + 1] = (byte) value;
    return at + 2;
  }

  private static void checkRemaining(int remaining) {
    if (remaining > 268_435_455) {
      throw new IllegalArgumentException("PUBLISH with a body of " + remaining + " bytes");
    }
  }

  private static int putVarInt(byte[] target, int at, int value) {
    int rest = value;
    int i = at;
    while (rest > 0x7f) {
      target[i++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    target[i++] = (byte) rest;
    return i;
  }
}
