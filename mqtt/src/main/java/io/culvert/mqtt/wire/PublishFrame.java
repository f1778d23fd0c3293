package io.culvert.mqtt.wire;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import org.jspecify.annotations.Nullable;

/**
 * A PUBLISH encoded once for one shape (version, QoS, RETAIN, properties; no Topic Alias) and
 * shared by all targets: for each of them it is one copy of bytes with two places patched.
 * Immutable; owns its bytes, except for a large payload, which is shared and must never change.
 */
public final class PublishFrame {
  private static final int DUP = 0x08;

  private final byte[] head;
  private final @Nullable Bytes sharedPayload;
  private final QoS qos;
  private final int packetIdAt;

  private PublishFrame(byte[] head, @Nullable Bytes sharedPayload, QoS qos, int packetIdAt) {
    this.head = head;
    this.sharedPayload = sharedPayload;
    this.qos = qos;
    this.packetIdAt = packetIdAt;
  }

  /**
   * Encodes a message. Topic and properties are copied; so is a payload shorter than {@link
   * Outbox#SHARE_FROM_BYTES}, while a longer one must be immutable. Before MQTT 5 the properties
   * stay behind; a Topic Alias does so always [MQTT5-3.3.2-7].
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
    byte[] head = new byte[fixed + headers + (share ? 0 : payload.length())];
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
    if (!share) {
      payload.copyTo(head, head.length - payload.length());
    }
    return new PublishFrame(head, share ? payload : null, qos, packetIdAt);
  }

  /** Writes it for one target; the Packet Identifier is left out of account at QoS 0. */
  public void writeTo(Outbox out, int packetId, boolean dup) {
    if (qos != QoS.AT_MOST_ONCE) {
      MqttEncoder.checkPacketId(packetId);
    }
    int at = out.copy(head, 0, head.length);
    if (qos != QoS.AT_MOST_ONCE) {
      out.patchShort(at + packetIdAt, packetId);
      if (dup) {
        out.patchByte(at, head[0] | DUP); // [MQTT5-3.3.1-1]
      }
    }
    Bytes payload = sharedPayload;
    if (payload != null) {
      out.append(payload);
    }
  }

  /** Bytes that {@link #writeTo} writes. */
  public int sizeBytes() {
    return head.length + (sharedPayload == null ? 0 : sharedPayload.length());
  }

  public QoS qos() {
    return qos;
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
