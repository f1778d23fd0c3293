package io.culvert.runtime.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The properties of MQTT 5 that go with a message from its publisher to its subscribers.
 *
 * @param payloadFormat 1 where the payload is said to be UTF-8, 0 where it is bytes
 */
public record MqttProperties(
    @Nullable String contentType,
    @Nullable String responseTopic,
    @Nullable Buffer correlationData,
    List<UserProperty> userProperties,
    @Nullable Integer payloadFormat) {
  public static final MqttProperties NONE = new MqttProperties(null, null, null, List.of(), null);

  private static final Set<String> FIELDS =
      Set.of(
          "contentType",
          "responseTopic",
          "correlationDataBase64",
          "userProperties",
          "payloadFormat");

  public MqttProperties {
    userProperties = List.copyOf(userProperties);
  }

  /** A pair of texts; names may be repeated. */
  public record UserProperty(String name, String value) {}

  static MqttProperties fromJson(JsonFields message) {
    JsonFields fields = message.object("properties", FIELDS);
    byte[] correlation = fields.optionalBytes("correlationDataBase64");
    Long format = fields.optionalNumber("payloadFormat", 0, 1);
    return new MqttProperties(
        fields.optionalText("contentType"),
        fields.optionalText("responseTopic"),
        correlation == null ? null : Buffer.buffer(correlation),
        fields.pairs("userProperties"),
        format == null ? null : format.intValue());
  }

  /** What is there; null where nothing is. */
  @Nullable JsonObject toJson() {
    JsonObject json = new JsonObject();
    if (contentType != null) {
      json.put("contentType", contentType);
    }
    if (responseTopic != null) {
      json.put("responseTopic", responseTopic);
    }
    if (correlationData != null) {
      json.put(
          "correlationDataBase64", Base64.getEncoder().encodeToString(correlationData.getBytes()));
    }
    if (!userProperties.isEmpty()) {
      JsonArray pairs = new JsonArray();
      userProperties.forEach(pair -> pairs.add(new JsonArray().add(pair.name()).add(pair.value())));
      json.put("userProperties", pairs);
    }
    if (payloadFormat != null) {
      json.put("payloadFormat", payloadFormat);
    }
    return json.isEmpty() ? null : json;
  }
}
