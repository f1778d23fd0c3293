package io.culvert.runtime.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message to publish, or one that came.
 *
 * @param qos 0, 1 or 2
 * @param expirySeconds how long it is worth anything, 0…4 294 967 295; null for ever
 */
public record MqttMessage(
    String topic,
    int qos,
    boolean retain,
    Buffer payload,
    MqttProperties properties,
    @Nullable Long expirySeconds) {
  static final Set<String> FIELDS =
      Set.of("topic", "qos", "retain", "payload", "payloadBase64", "properties", "expirySeconds");

  /** The largest number of four bytes. */
  static final long MOST_SECONDS = 0xFFFF_FFFFL;

  public MqttMessage {
    if (qos < 0 || qos > 2) {
      throw new IllegalArgumentException("QoS " + qos);
    }
  }

  /** One of QoS 1 that is not retained. */
  public static MqttMessage of(String topic, Buffer payload) {
    return new MqttMessage(topic, 1, false, payload, MqttProperties.NONE, null);
  }

  public static MqttMessage of(String topic, String payload) {
    return of(topic, Buffer.buffer(payload));
  }

  public MqttMessage withQos(int changed) {
    return new MqttMessage(topic, changed, retain, payload, properties, expirySeconds);
  }

  public MqttMessage withRetain(boolean changed) {
    return new MqttMessage(topic, qos, changed, payload, properties, expirySeconds);
  }

  public MqttMessage withProperties(MqttProperties changed) {
    return new MqttMessage(topic, qos, retain, payload, changed, expirySeconds);
  }

  public MqttMessage withExpirySeconds(long seconds) {
    return new MqttMessage(topic, qos, retain, payload, properties, seconds);
  }

  /**
   * From the body of a request.
   *
   * @throws ReplyException naming the field that is wrong
   */
  public static MqttMessage fromJson(@Nullable Object body) {
    return from(JsonFields.of(body, FIELDS));
  }

  static MqttMessage from(JsonFields fields) {
    return new MqttMessage(
        fields.text("topic"),
        (int) fields.number("qos", 0, 2, 0),
        fields.flag("retain", false),
        Buffer.buffer(fields.octets("payload")),
        MqttProperties.fromJson(fields),
        fields.optionalNumber("expirySeconds", 0, MOST_SECONDS));
  }

  /** The payload is {@code payload} where it is UTF-8, else {@code payloadBase64}. */
  public JsonObject toJson() {
    JsonObject json = new JsonObject().put("topic", topic).put("qos", qos).put("retain", retain);
    String text = text(payload);
    if (text != null) {
      json.put("payload", text);
    } else {
      json.put("payloadBase64", Base64.getEncoder().encodeToString(payload.getBytes()));
    }
    JsonObject with = properties.toJson();
    if (with != null) {
      json.put("properties", with);
    }
    if (expirySeconds != null) {
      json.put("expirySeconds", expirySeconds);
    }
    return json;
  }

  /** Never the payload: this may stand in a log. */
  @Override
  public String toString() {
    return "MqttMessage[" + topic + ", QoS " + qos + ", " + payload.length() + " bytes]";
  }

  private static @Nullable String text(Buffer payload) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(payload.getBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
