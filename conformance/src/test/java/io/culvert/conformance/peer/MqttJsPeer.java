package io.culvert.conformance.peer;

import io.culvert.conformance.broker.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** MQTT.js, which lives in a Node.js process. */
final class MqttJsPeer implements Peer {

  private final PeerOptions options;
  private final String uri;
  private final boolean mqtt5;
  private final MqttJsHost host;
  private final Inbox inbox;
  private volatile CompletableFuture<Integer> ended = new CompletableFuture<>();

  /** Unique on the host, also for two clients with the same identifier. */
  private final String name;

  MqttJsPeer(PeerOptions options, Transport transport, boolean mqtt5, MqttJsHost host) {
    this.options = options;
    this.uri = options.uri(transport, "mqtt");
    this.mqtt5 = mqtt5;
    this.host = host;
    this.inbox = new Inbox(options.clientId());
    this.name = options.clientId() + "@" + System.identityHashCode(this);
    host.listen(name, this::onEvent);
  }

  @Override
  public boolean connect(SessionKind session) {
    ended = new CompletableFuture<>();
    boolean durable = session == SessionKind.DURABLE;
    JsonObject wire =
        new JsonObject()
            .put("clientId", options.clientId())
            .put("clean", !durable)
            .put("protocolVersion", mqtt5 ? 5 : 4)
            .put("keepalive", PeerOptions.KEEP_ALIVE_SECONDS);
    if (mqtt5) {
      int expiry = durable ? PeerOptions.SESSION_EXPIRY_SECONDS : 0;
      wire.put("properties", new JsonObject().put("sessionExpiryInterval", expiry));
    }
    JsonObject arguments = new JsonObject().put("url", uri).put("options", wire);
    Message will = options.will();
    if (will != null) {
      arguments.put("will", sent(will));
    }
    return Await.result("CONNACK", host.call("connect", name, arguments))
        .getBoolean("sessionPresent");
  }

  @Override
  public void subscribe(String filter, int qos) {
    JsonObject arguments = new JsonObject().put("filter", filter).put("qos", qos);
    Await.result("SUBACK", host.call("subscribe", name, arguments));
  }

  @Override
  public void unsubscribe(String filter) {
    JsonObject arguments = new JsonObject().put("filter", filter);
    Await.result("UNSUBACK", host.call("unsubscribe", name, arguments));
  }

  @Override
  public CompletableFuture<Void> publish(Message message) {
    return host.call("publish", name, sent(message)).thenAccept(result -> {});
  }

  @Override
  public Inbox inbox() {
    return inbox;
  }

  @Override
  public CompletableFuture<Integer> ended() {
    return ended;
  }

  @Override
  public void disconnect() {
    Await.result("DISCONNECT sent", host.call("disconnect", name, new JsonObject()));
  }

  @Override
  public void close() {
    Await.result("closed", host.call("close", name, new JsonObject()));
    host.forget(name);
  }

  private void onEvent(JsonObject event) {
    switch (event.getString("event")) {
      case "message" -> inbox.add(received(event));
      case "ended" -> ended.complete(event.getInteger("reasonCode"));
      default -> throw new IllegalStateException("unknown event " + event);
    }
  }

  private JsonObject sent(Message message) {
    JsonObject json =
        new JsonObject()
            .put("topic", message.topic())
            .put("payload", message.payload().bytes())
            .put("qos", message.qos())
            .put("retain", message.retain());
    return mqtt5 ? json.put("properties", sent(message.properties())) : json;
  }

  /** A repeated name becomes one name with an array: this client's order is by name. */
  private static JsonObject sent(Properties properties) {
    JsonObject json = new JsonObject();
    JsonObject userProperties = new JsonObject();
    for (Properties.UserProperty property : properties.userProperties()) {
      if (!userProperties.containsKey(property.name())) {
        userProperties.put(property.name(), new JsonArray());
      }
      userProperties.getJsonArray(property.name()).add(property.value());
    }
    if (!userProperties.isEmpty()) {
      json.put("userProperties", userProperties);
    }
    if (properties.contentType() != null) {
      json.put("contentType", properties.contentType());
    }
    if (properties.responseTopic() != null) {
      json.put("responseTopic", properties.responseTopic());
    }
    if (properties.correlationData() != null) {
      json.put("correlationData", properties.correlationData().bytes());
    }
    return json;
  }

  private static Message received(JsonObject event) {
    return new Message(
        event.getString("topic"),
        Payload.of(event.getBinary("payload")),
        event.getInteger("qos"),
        event.getBoolean("retain"),
        received(event.getJsonObject("properties"), new ArrayList<>()));
  }

  private static Properties received(
      JsonObject properties, List<Properties.UserProperty> userProperties) {
    for (Map.Entry<String, Object> entry :
        properties.getJsonObject("userProperties", new JsonObject())) {
      JsonArray values =
          entry.getValue() instanceof JsonArray array ? array : JsonArray.of(entry.getValue());
      values.forEach(
          value -> userProperties.add(new Properties.UserProperty(entry.getKey(), value + "")));
    }
    return new Properties(
        userProperties,
        properties.getString("contentType"),
        properties.getString("responseTopic"),
        payload(properties.getBinary("correlationData")));
  }

  private static @Nullable Payload payload(byte @Nullable [] bytes) {
    return bytes == null ? null : Payload.of(bytes);
  }
}
