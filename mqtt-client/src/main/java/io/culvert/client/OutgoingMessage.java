package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * A message to be published.
 *
 * @param topic a Topic Name: not empty, without wildcards
 * @param payload is copied when it is published
 * @param retain the server keeps it as the last of its topic
 * @param properties of PUBLISH in MQTT 5; before, they stay behind
 * @param reliable it is written to the store before it is sent, survives a restart of the process,
 *     and is tried again when the server refuses it; QoS 1 or 2 only
 */
public record OutgoingMessage(
    String topic,
    Buffer payload,
    QoS qos,
    boolean retain,
    Properties properties,
    boolean reliable) {
  public OutgoingMessage {
    topicName(topic);
    properties.checkAllowedIn(PacketType.PUBLISH);
    if (properties.has(Property.TOPIC_ALIAS)
        || properties.has(Property.SUBSCRIPTION_IDENTIFIER)) { // [MQTT5-3.3.4-6]
      throw new IllegalArgumentException(
          "Topic Alias and Subscription Identifier are not the publisher's");
    }
    if (reliable && qos == QoS.AT_MOST_ONCE) {
      throw new IllegalArgumentException("reliable publishing needs QoS 1 or 2");
    }
  }

  /** Bytes, without properties. */
  public static OutgoingMessage of(String topic, Buffer payload, QoS qos) {
    return new OutgoingMessage(topic, payload, qos, false, Properties.EMPTY, false);
  }

  /** Text: its Payload Format Indicator says so. */
  public static OutgoingMessage ofText(String topic, String text, QoS qos) {
    Properties isText =
        Properties.builder().put(Property.PAYLOAD_FORMAT_INDICATOR, 1).build(); // [MQTT5-3.3.2-4]
    Buffer payload = Buffer.buffer(text.getBytes(StandardCharsets.UTF_8));
    return new OutgoingMessage(topic, payload, qos, false, isText, false);
  }

  public OutgoingMessage withRetain(boolean value) {
    return new OutgoingMessage(topic, payload, qos, value, properties, reliable);
  }

  /** Replaces all properties. */
  public OutgoingMessage withProperties(Properties values) {
    return new OutgoingMessage(topic, payload, qos, retain, values, reliable);
  }

  public OutgoingMessage withReliable(boolean value) {
    return new OutgoingMessage(topic, payload, qos, retain, properties, value);
  }

  /** After so many seconds it is worth nothing any more: neither client nor server keeps it. */
  public OutgoingMessage withExpirySeconds(long seconds) {
    return withProperties(properties.with(Property.MESSAGE_EXPIRY_INTERVAL, seconds));
  }

  /** What the payload is, as the applications agree, for example a MIME type. */
  public OutgoingMessage withContentType(String type) {
    return withText(Property.CONTENT_TYPE, type);
  }

  /** Where an answer is expected. */
  public OutgoingMessage withResponseTopic(String responseTopic) {
    return withText(Property.RESPONSE_TOPIC, responseTopic);
  }

  /** What the answer repeats. */
  public OutgoingMessage withCorrelationData(Buffer data) {
    return withProperties(
        Properties.builder()
            .putAll(properties.without(Property.CORRELATION_DATA))
            .put(Property.CORRELATION_DATA, Bytes.wrap(data.getBytes()))
            .build());
  }

  /** One more User Property behind those that there are. */
  public OutgoingMessage withUserProperty(String name, String value) {
    return withProperties(
        Properties.builder().putAll(properties).userProperty(name, value).build());
  }

  TopicName topicName() {
    return topicName(topic);
  }

  private OutgoingMessage withText(Property property, String value) {
    return withProperties(
        Properties.builder().putAll(properties.without(property)).put(property, value).build());
  }

  private static TopicName topicName(String topic) {
    try {
      return TopicName.of(topic);
    } catch (MqttViolation violation) {
      throw new IllegalArgumentException(
          "no Topic Name to publish to: " + violation.getMessage(), violation);
    }
  }

  /** Without the payload. */
  @Override
  public String toString() {
    return "OutgoingMessage["
        + topic
        + ", "
        + qos
        + (retain ? ", retain, " : ", ")
        + payload.length()
        + " bytes]";
  }
}
