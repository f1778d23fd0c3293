package io.culvert.broker;

import io.culvert.broker.auth.PasswordHash;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.broker.config.PasswordFile;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A broker on free ports, often with some {@code auth} section, and what clients do with it. */
final class PluginBroker {
  private final MqttBroker broker;
  private final List<ListenerOptions> listeners;

  private PluginBroker(MqttBroker broker, List<ListenerOptions> listeners) {
    this.broker = broker;
    this.listeners = listeners;
  }

  static PluginBroker start(Vertx vertx, JsonObject auth) throws Exception {
    return start(vertx, config(auth), BrokerPlugins.NONE);
  }

  static PluginBroker start(Vertx vertx, JsonObject config, BrokerPlugins plugins)
      throws Exception {
    return start(vertx, BrokerOptions.parse(config, plugins.names()), plugins);
  }

  static PluginBroker start(Vertx vertx, BrokerOptions options, BrokerPlugins plugins)
      throws Exception {
    Context context = vertx.getOrCreateContext();
    return await(
        on(
            context,
            () -> {
              MqttBroker broker = MqttBroker.create(context, options, plugins);
              return broker.listen().map(listeners -> new PluginBroker(broker, listeners));
            }));
  }

  static JsonObject config(JsonObject auth) {
    JsonArray listeners = new JsonArray().add(new JsonObject().put("port", 0));
    return new JsonObject()
        .put("mqtt", new JsonObject().put("listeners", listeners))
        .put("auth", auth);
  }

  /** The line of a password file. */
  static String user(String name, String password) {
    byte[] secret = password.getBytes(StandardCharsets.UTF_8);
    return PasswordFile.line(name, PasswordHash.of(secret, new byte[12], 1000)) + "\n";
  }

  MqttBroker broker() {
    return broker;
  }

  /** Of the first listener. */
  int port() {
    return port(0);
  }

  int port(int listener) {
    return listeners.get(listener).port();
  }

  ReasonCode login(String user, String password) throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(port())) {
      return login(client, user, password);
    }
  }

  static ReasonCode login(Mqtt5Client client, String user, String password) throws Exception {
    client.send(connect(user, password));
    return client.read(ConnAck.class).reasonCode();
  }

  static Connect connect(String user, String password) {
    return new Connect(
        MqttVersion.MQTT_5,
        true,
        0,
        "",
        null,
        user,
        password == null ? null : Bytes.utf8(password),
        Properties.EMPTY);
  }

  static ReasonCode publish(Mqtt5Client client, String topic) throws Exception {
    client.send(
        new Publish(
            TopicName.of(topic),
            Bytes.EMPTY,
            QoS.AT_LEAST_ONCE,
            false,
            false,
            1,
            Properties.EMPTY));
    return client.read(PubAck.class).reasonCode();
  }

  /** Calls it in this context; what it throws fails the future. */
  static <T> Future<T> on(Context context, Supplier<Future<T>> call) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        ignored -> Future.succeededFuture().compose(done -> call.get()).onComplete(promise));
    return promise.future();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
