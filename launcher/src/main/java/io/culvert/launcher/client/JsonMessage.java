package io.culvert.launcher.client;

import io.culvert.client.OutgoingMessage;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.MqttProperties;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** A message as one JSON object: that of the event bus. */
public final class JsonMessage {
  private JsonMessage() {}

  /**
   * From a line that {@link MessagePrinter} has printed, or somebody has written.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static OutgoingMessage parse(String line) {
    try {
      JsonObject json = new JsonObject(line);
      json.remove("time");
      json.remove("dup");
      MqttMessage message = MqttMessage.fromJson(json);
      return new OutgoingMessage(
          message.topic(),
          message.payload(),
          QoS.of(message.qos()),
          message.retain(),
          properties(message),
          false);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("no JSON object: " + e.getMessage(), e);
    } catch (ReplyException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Properties properties(MqttMessage message) {
    MqttProperties given = message.properties();
    Properties.Builder properties = Properties.builder();
    Integer format = given.payloadFormat();
    if (format != null) {
      properties.put(Property.PAYLOAD_FORMAT_INDICATOR, format);
    }
    Long expiry = message.expirySeconds();
    if (expiry != null) {
      properties.put(Property.MESSAGE_EXPIRY_INTERVAL, expiry);
    }
    String contentType = given.contentType();
    if (contentType != null) {
      properties.put(Property.CONTENT_TYPE, contentType);
    }
    String responseTopic = given.responseTopic();
    if (responseTopic != null) {
      properties.put(Property.RESPONSE_TOPIC, responseTopic);
    }
    Buffer correlation = given.correlationData();
    if (correlation != null) {
      properties.put(Property.CORRELATION_DATA, Bytes.wrap(correlation.getBytes()));
    }
    given.userProperties().forEach(pair -> properties.userProperty(pair.name(), pair.value()));
    return properties.build();
  }
}
