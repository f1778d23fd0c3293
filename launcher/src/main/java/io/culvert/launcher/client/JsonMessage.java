package io.culvert.launcher.client;

import io.culvert.broker.bus.Messages;
import io.culvert.client.OutgoingMessage;
import io.culvert.mqtt.wire.QoS;
import io.culvert.runtime.bus.MqttMessage;
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
          Messages.properties(message),
          false);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("no JSON object: " + e.getMessage(), e);
    } catch (ReplyException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
