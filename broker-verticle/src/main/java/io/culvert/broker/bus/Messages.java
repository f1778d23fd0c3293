package io.culvert.broker.bus;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.MqttProperties;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Messages of the event bus as those of MQTT, and back. */
public final class Messages {
  private Messages() {}

  /**
   * Checks the Topic Name.
   *
   * @throws ReplyException naming the field
   */
  static TopicName topic(MqttMessage message) {
    try {
      return TopicName.of(message.topic());
    } catch (MqttViolation violation) {
      throw MqttFailure.BAD_REQUEST.because("topic is none: " + violation.getMessage());
    }
  }

  /**
   * The properties of PUBLISH.
   *
   * @throws ReplyException naming the field that MQTT does not allow
   */
  public static Properties properties(MqttMessage message) {
    Properties.Builder builder = Properties.builder();
    MqttProperties given = message.properties();
    put(builder, Property.PAYLOAD_FORMAT_INDICATOR, given.payloadFormat());
    put(builder, Property.MESSAGE_EXPIRY_INTERVAL, message.expirySeconds());
    put(builder, Property.CONTENT_TYPE, "contentType", given.contentType());
    put(builder, Property.RESPONSE_TOPIC, "responseTopic", given.responseTopic());
    Buffer correlation = given.correlationData();
    if (correlation != null) {
      Bytes bytes = Bytes.wrap(correlation.getBytes());
      allowed("correlationDataBase64", () -> builder.put(Property.CORRELATION_DATA, bytes));
    }
    for (MqttProperties.UserProperty pair : given.userProperties()) {
      allowed("userProperties", () -> builder.userProperty(pair.name(), pair.value()));
    }
    return builder.build();
  }

  /** A message that came; its bytes are copied. */
  static MqttMessage of(Publish publish) {
    return of(
        publish.topic().toString(),
        publish.qos(),
        publish.retain(),
        Buffer.buffer(publish.payload().toByteArray()),
        publish.properties());
  }

  /** A message with the properties of PUBLISH. */
  public static MqttMessage of(
      String topic, QoS qos, boolean retain, Buffer payload, Properties properties) {
    long expiry = properties.integer(Property.MESSAGE_EXPIRY_INTERVAL, -1);
    return new MqttMessage(
        topic,
        qos.value(),
        retain,
        payload,
        properties.isEmpty() ? MqttProperties.NONE : properties(properties),
        expiry < 0 ? null : expiry);
  }

  /** A reason code as a word: {@code no matching subscribers}. */
  static String words(ReasonCode reasonCode) {
    return reasonCode.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** What a reason code that reports a failure is on the event bus. */
  static ReplyException failure(ReasonCode reasonCode, String text) {
    MqttFailure known = MqttFailure.of(reasonCode.value());
    return known == null
        ? MqttFailure.UNAVAILABLE.because(text + ": " + words(reasonCode))
        : known.because(text);
  }

  private static MqttProperties properties(Properties properties) {
    Bytes correlation = properties.binary(Property.CORRELATION_DATA);
    long format = properties.integer(Property.PAYLOAD_FORMAT_INDICATOR, -1);
    List<MqttProperties.UserProperty> pairs =
        properties.userProperties().stream()
            .map(pair -> new MqttProperties.UserProperty(pair.name(), pair.value()))
            .toList();
    return new MqttProperties(
        properties.text(Property.CONTENT_TYPE),
        properties.text(Property.RESPONSE_TOPIC),
        correlation == null ? null : Buffer.buffer(correlation.toByteArray()),
        pairs,
        format < 0 ? null : (int) format);
  }

  private static void put(Properties.Builder builder, Property property, @Nullable Number value) {
    if (value != null) {
      builder.put(property, value.longValue());
    }
  }

  private static void put(
      Properties.Builder builder, Property property, String field, @Nullable String value) {
    if (value != null) {
      allowed(field, () -> builder.put(property, value));
    }
  }

  private static void allowed(String field, Runnable change) {
    try {
      change.run();
    } catch (IllegalArgumentException | MqttViolation wrong) {
      throw MqttFailure.BAD_REQUEST.because("properties." + field + ": " + wrong.getMessage());
    }
  }
}
