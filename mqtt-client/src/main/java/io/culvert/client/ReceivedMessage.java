package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.UserProperty;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that has come.
 *
 * @param retain it was there before the subscription was made; or, where the subscription keeps the
 *     flag, it was published with it
 * @param dup it may have come before
 * @param packetId 1…65 535, or 0 at QoS 0
 * @param properties empty before MQTT 5
 * @param acknowledgement answers it; needed only with {@link
 *     SubscriptionRequest#manualAcknowledgement}
 */
public record ReceivedMessage(
    String topic,
    Buffer payload,
    QoS qos,
    boolean retain,
    boolean dup,
    int packetId,
    Properties properties,
    Acknowledgement acknowledgement) {
  /**
   * The payload as text.
   *
   * @throws IllegalStateException when it is not UTF-8
   */
  public String payloadAsText() {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(payload.getBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("the message of " + topic + " is not UTF-8 text", e);
    }
  }

  /** The publisher says that it is text. */
  public boolean isText() {
    return properties.integer(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1;
  }

  public @Nullable String contentType() {
    return properties.text(Property.CONTENT_TYPE);
  }

  /** Where the publisher expects an answer, or null. */
  public @Nullable String responseTopic() {
    return properties.text(Property.RESPONSE_TOPIC);
  }

  /** What an answer must repeat, or null. */
  public @Nullable Buffer correlationData() {
    Bytes data = properties.binary(Property.CORRELATION_DATA);
    return data == null ? null : Buffer.buffer(data.toByteArray());
  }

  /** In their order, repetitions included. */
  public List<UserProperty> userProperties() {
    return properties.userProperties();
  }

  /** The server may forget it. Harmless where it is answered already, and at QoS 0. */
  public void acknowledge() {
    acknowledgement.answer(ReasonCode.SUCCESS);
  }

  /**
   * The server is told that it was not taken; it does not send it again. Before MQTT 5 that cannot
   * be said, and it counts as acknowledged.
   *
   * @param reasonCode one of PUBACK that is an error
   * @throws IllegalArgumentException for any other
   */
  public void reject(ReasonCode reasonCode) {
    if (!reasonCode.isError() || !reasonCode.allowedIn(PacketType.PUBACK)) {
      throw new IllegalArgumentException(reasonCode + " is not an error code of PUBACK");
    }
    acknowledgement.answer(reasonCode);
  }

  /** Without the payload. */
  @Override
  public String toString() {
    return "ReceivedMessage["
        + topic
        + ", "
        + qos
        + (retain ? ", retain" : "")
        + (dup ? ", dup" : "")
        + ", id "
        + packetId
        + ", "
        + payload.length()
        + " bytes]";
  }

  /** Answers one message, from any thread. */
  @FunctionalInterface
  public interface Acknowledgement {
    void answer(ReasonCode reasonCode);
  }
}
